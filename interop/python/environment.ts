/** A virtual environment with the official Python SDKs, made once and kept in the user's cache. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const requirements = join(import.meta.dirname, 'requirements.txt');

/** The environment's interpreter, or why there is none. */
export type PythonEnvironment = { readonly python: string } | { readonly missing: string };

/** Finds or makes the environment for the requirements as they are now. */
export async function pythonEnvironment(): Promise<PythonEnvironment> {
  const version = await run('python3', ['-c', 'import venv, ensurepip, sys; print(sys.version)']).catch(
    () => undefined,
  );
  if (version === undefined) return { missing: 'python3 with venv is not installed' };
  const digest = createHash('sha256')
    .update(version.stdout)
    .update(readFileSync(requirements))
    .digest('hex')
    .slice(0, 16);
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const directory = join(cache, 'atesto', `interop-python-${digest}`);
  const python = join(directory, 'bin', 'python');
  const complete = join(directory, 'complete');
  if (existsSync(complete)) return { python };
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  try {
    await run('python3', ['-m', 'venv', directory]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  } catch (error) {
    return {
      missing: `the packages could not be installed (${error instanceof Error ? error.message.split('\n')[0] : error})`,
    };
  }
  writeFileSync(complete, '');
  return { python };
}

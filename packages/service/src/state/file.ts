/** Files of the state directory: private to the service's user, and whole or absent whatever happens while they are written. */
import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Makes a directory that only the service's user may enter. */
export function makePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/**
 * Makes sure that a directory can be written and flushed, which only trying shows: permissions say nothing of read-only or full disks. Throws the
 * error of the file system.
 */
export function probeDirectory(path: string): void {
  const probe = join(path, '.writable');
  writeDurably(probe, '');
  removeDurably(probe);
}

/**
 * Writes a file so that after a crash at any moment it holds either what it held or all of `content`: a temporary file is
 * written and flushed, takes the name, and the directory is flushed.
 */
export function writeDurably(path: string, content: Uint8Array | string): void {
  makePrivateDirectory(dirname(path));
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    writeAndFlush(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  flushDirectory(dirname(path));
}

/** Removes a file; the removal survives a crash. */
export function removeDurably(path: string): void {
  rmSync(path, { force: true });
  flushDirectory(dirname(path));
}

/** The bytes of a file, or undefined when there is none. Other failures throw. */
export function readIfPresent(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function writeAndFlush(path: string, content: Uint8Array | string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function flushDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

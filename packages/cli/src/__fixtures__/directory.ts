/** Directories and files of tests, removed when the file's tests end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** A fresh directory. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'atesto-cli-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A file in a fresh directory; answers its path. */
export function temporaryFile(name: string, content: string | Uint8Array): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, content);
  return path;
}

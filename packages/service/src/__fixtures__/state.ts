/** State directories of tests, removed when the file's tests end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** A fresh directory. */
export function stateDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'atesto-state-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** State directories of tests, removed when the file's process ends: services that still run until then write to them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];
process.once('exit', () => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

/** A fresh directory. */
export function stateDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'atesto-state-'));
  made.push(directory);
  return directory;
}

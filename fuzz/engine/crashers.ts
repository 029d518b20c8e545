/** Inputs that once showed a fault: each is a file under `fuzz/crashers/<target>/`, run first from then on. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The kept inputs of a target. */
export function readCrashers(folder: string, target: string): Uint8Array[] {
  const path = join(folder, target);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => name.endsWith('.bin'))
    .sort()
    .map((name) => Uint8Array.from(readFileSync(join(path, name))));
}

/** Keeps one, and answers the file. */
export function keepCrasher(folder: string, target: string, kind: string, input: Uint8Array): string {
  const path = join(folder, target);
  mkdirSync(path, { recursive: true });
  const digest = createHash('sha256').update(input).digest('hex').slice(0, 16);
  const file = join(path, `${kind}-${digest}.bin`);
  writeFileSync(file, input);
  return file;
}

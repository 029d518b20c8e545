/** Stores of services under test, in the hands of the test: what it changes is in force in the service when the change resolves. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store, type StoreOptions } from '../store.ts';
import { integrityKey } from './backends.ts';

/** An embedded store; the service that gets it closes it. */
export function openTestStore(options: Partial<Pick<StoreOptions, 'leaseMs' | 'pollIntervalMs'>> = {}): Promise<Store> {
  return openStore({ kind: 'sqlite', path: join(stateDirectory(), 'store.sqlite'), integrityKey, ...options });
}

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

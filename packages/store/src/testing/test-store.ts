/** Stores of services under test, in the hands of the test: what it changes is in force in the service when the change resolves. */
import { join } from 'node:path';
import { openStore, type Store, type StoreOptions } from '../store.ts';
import { integrityKey } from './backends.ts';
import { stateDirectory } from './state-directory.ts';

/** An embedded store; the service that gets it closes it. */
export function openTestStore(options: Partial<Pick<StoreOptions, 'leaseMs' | 'pollIntervalMs'>> = {}): Promise<Store> {
  return openStore({ kind: 'sqlite', path: join(stateDirectory(), 'store.sqlite'), integrityKey, ...options });
}

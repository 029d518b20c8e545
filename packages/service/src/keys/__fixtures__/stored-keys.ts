/** Signing keys of a provider in a store, opened at a time of the test's choice. */

import type { Store } from '@atesto/store';
import type { RotationSchedule } from '@atesto/token';
import type { ClockGuard } from '../../clock/watch.ts';
import { SealedKeyStore } from '../key-stores.ts';
import { StoredKeys, type StoredKeysDeps } from '../stored-keys.ts';

export const issuer = 'https://attest.example.org';

/** Days would do as well: what counts is which span is longer. */
export const schedule: RotationSchedule = {
  signingSeconds: 1000,
  leadSeconds: 100,
  tokenLifetimeSeconds: 50,
  clientCacheSeconds: 20,
};

/** A clock that nobody doubts. */
export const trustedClock: ClockGuard = { isTrusted: true, confirm: async () => true };

/** Opens the keys of a provider. */
export function openStoredKeys(
  store: Store,
  providerId: string,
  at: Date,
  changes: Partial<StoredKeysDeps> = {},
): Promise<StoredKeys> {
  const keyStore = new SealedKeyStore({ kind: 'key', key: new Uint8Array(32).fill(1) });
  const parts = {
    store,
    providerId,
    issuer,
    algorithm: 'ES256',
    schedule,
    keyStore,
    sealedKeyStore: keyStore,
  } as const;
  return StoredKeys.open({ ...parts, guard: trustedClock, deletionDelayMs: 0, ...changes }, at);
}

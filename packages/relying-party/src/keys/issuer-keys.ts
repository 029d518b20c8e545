/** Which keys a pinned issuer has: fetched once, kept, and fetched again when a token names a key that is not known. */
import { Refused } from '@atesto/core';
import type { CryptoKey } from 'jose';
import { refuse } from '../refusal.ts';
import type { AcceptedAlgorithm } from './algorithms.ts';
import { importKey, type KeySet } from './key-set.ts';

/** How keys are kept. */
export interface KeyCacheOptions {
  readonly clock: () => Date;
  /** How long a fetched set is used without asking again. */
  readonly cacheSeconds: number;
  /** How long after a fetch, failed or not, an unknown key id does not cause another. */
  readonly cooldownSeconds: number;
}

/** Finds the key of an id for an algorithm, or refuses. */
export type FindKey = (kid: string, algorithm: AcceptedAlgorithm) => Promise<CryptoKey>;

/** Keys of a set that was given: nothing is ever fetched. */
export function offlineKeys(set: KeySet): FindKey {
  const imported = importOnce();
  return async (kid, algorithm) => imported(set, kid, algorithm) ?? unknownKey(kid);
}

/** Keys that `load` brings. Calls at the same time share one load. */
export function cachedKeys(load: () => Promise<KeySet>, options: KeyCacheOptions): FindKey {
  const imported = importOnce();
  let cached: { readonly set: KeySet; readonly at: number } | undefined;
  let failed: { readonly refusal: Refused; readonly at: number } | undefined;
  let pending: Promise<KeySet> | undefined;

  const now = () => options.clock().getTime() / 1000;
  /** A clock that was set back makes nothing fresh. */
  const within = (at: number, spanSeconds: number) => now() >= at && now() - at < spanSeconds;

  const reload = async (): Promise<KeySet> => {
    const at = now();
    try {
      const set = await load();
      cached = { set, at };
      failed = undefined;
      return set;
    } catch (error) {
      if (error instanceof Refused) failed = { refusal: error, at };
      throw error;
    }
  };
  const refresh = async (): Promise<KeySet> => {
    if (failed !== undefined && within(failed.at, options.cooldownSeconds)) throw failed.refusal;
    pending ??= reload().finally(() => {
      pending = undefined;
    });
    return pending;
  };

  return async (kid, algorithm) => {
    const known = cached;
    if (known === undefined || !within(known.at, options.cacheSeconds)) {
      return imported(await refresh(), kid, algorithm) ?? unknownKey(kid);
    }
    const key = imported(known.set, kid, algorithm);
    if (key !== undefined) return key;
    if (within(known.at, options.cooldownSeconds)) return unknownKey(kid);
    return imported(await refresh(), kid, algorithm) ?? unknownKey(kid);
  };
}

function unknownKey(kid: string): never {
  return refuse('key-unknown', 'kid', `the issuer does not publish the key ${kid.slice(0, 100)}`);
}

/** Imports each key of a set at most once for each algorithm; forgets a set together with its keys. */
function importOnce(): (set: KeySet, kid: string, algorithm: AcceptedAlgorithm) => Promise<CryptoKey> | undefined {
  const imported = new WeakMap<object, Map<AcceptedAlgorithm, Promise<CryptoKey>>>();
  return (set, kid, algorithm) => {
    const key = set.get(kid);
    if (key === undefined) return undefined;
    const byAlgorithm = imported.get(key) ?? new Map<AcceptedAlgorithm, Promise<CryptoKey>>();
    imported.set(key, byAlgorithm);
    const known = byAlgorithm.get(algorithm) ?? importKey(key, algorithm);
    byAlgorithm.set(algorithm, known);
    return known;
  };
}

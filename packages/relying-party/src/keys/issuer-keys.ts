/** Caches the keys of a pinned issuer, and fetches them again when a token names an unknown key. */
import { Refused } from '@atesto/core';
import type { CryptoKey } from 'jose';
import { refuse } from '../refusal.ts';
import type { AcceptedAlgorithm } from './algorithms.ts';
import { importKey, type KeySet } from './key-set.ts';

/** How long keys are cached. */
export interface KeyCacheOptions {
  readonly clock: () => Date;
  /** How long a fetched set is used. */
  readonly cacheSeconds: number;
  /** For how long after a fetch, successful or not, an unknown key id causes no other fetch. */
  readonly cooldownSeconds: number;
}

/** Finds a key by its id, for an algorithm. Throws `Refused`. */
export type FindKey = (kid: string, algorithm: AcceptedAlgorithm) => Promise<CryptoKey>;

/** Finds keys in a configured set; never fetches. */
export function offlineKeys(set: KeySet): FindKey {
  const imported = importOnce();
  return async (kid, algorithm) => imported(set, kid, algorithm) ?? unknownKey(kid);
}

/** Finds keys in the set that `load` returns, and caches it. Concurrent calls share one load. */
export function cachedKeys(load: () => Promise<KeySet>, options: KeyCacheOptions): FindKey {
  const imported = importOnce();
  let cached: { readonly set: KeySet; readonly at: number } | undefined;
  let failed: { readonly refusal: Refused; readonly at: number } | undefined;
  let pending: Promise<KeySet> | undefined;

  const now = () => options.clock().getTime() / 1000;
  /** False when the clock was set back since. */
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

/** Imports each key of a set at most once per algorithm; the imported keys live as long as the set. */
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

/** What a cache has to tell besides its answers: for logs and metrics. */
import type { Refusal } from '@atesto/core';

/** One event. `key` names the endorsements; `file` is the path of a cache file. */
export type CacheEvent =
  | { readonly kind: 'refreshed'; readonly key: string; readonly nextUpdate: Date }
  | { readonly kind: 'refresh-failed'; readonly key: string; readonly refusal: Refusal }
  /** The source did not refuse but threw, which is a fault of its program; the entry at hand is kept. */
  | { readonly kind: 'refresh-crashed'; readonly key: string; readonly error: unknown }
  /** The source gave genuine endorsements that are older than the ones at hand, all or a part of them; these are kept. */
  | { readonly kind: 'rollback-ignored'; readonly key: string; readonly nextUpdate: Date }
  | { readonly kind: 'stale-used'; readonly key: string; readonly nextUpdate: Date }
  | { readonly kind: 'file-ignored'; readonly key: string; readonly file: string; readonly why: string }
  | { readonly kind: 'write-failed'; readonly key: string; readonly why: string };

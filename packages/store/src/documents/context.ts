/** What the typed parts of the store stand on: reading, and changing with the feed told. */
import { type Outcome, refuse } from '@atesto/core';
import type { StorageCode } from '../codes.ts';
import type { Change } from './change.ts';
import type { DocumentSource } from './documents.ts';

/** Reading and changing the store, for its typed parts. */
export interface StoreContext {
  readonly source: DocumentSource;
  /** Runs one change; resolves when it is durable and this process's listeners have been told. */
  change<Value>(work: (change: Change) => Promise<Value>): Promise<Outcome<Value, StorageCode>>;
}

/** Refuses with `not-found` what does not exist. */
export function found<Value>(value: Value | undefined, where: string): Value {
  return value ?? refuse<StorageCode>('not-found', where, 'the store does not have it');
}

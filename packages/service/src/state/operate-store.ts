/** Operator commands on the store of a service, running or not, from the machine that has its settings and keys. */

import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { Outcome } from '@atesto/core';
import {
  type AcceptedTime,
  type ChangeOrigin,
  openAudit,
  type PendingDeletions,
  type Position,
  type StorageCode,
  type Store,
  type StoreCheck,
} from '@atesto/store';
import type { AuditedOperation } from '../audit/operations.ts';
import type { ServiceConfig } from '../config/schema.ts';
import { markFileOf, openConfiguredStore } from './open-store.ts';

/**
 * Verifies every row that has an integrity code, and that the history goes on from the high-water mark of the state directory. Refuses with
 * `row-tampered`, `store-rolled-back`, `store-unavailable`. Throws `ConfigRefused` or `StoreUnusable` when the store cannot be opened.
 */
export function checkConfiguredStore(config: ServiceConfig): Promise<Outcome<StoreCheck, StorageCode>> {
  return withStore(config, (store) => store.check());
}

/** Accepts a restored database; see `Store.acceptRestore`. Throws `ConfigRefused` or `StoreUnusable` when the store cannot be opened. */
export function acceptRestoredStore(config: ServiceConfig): Promise<Outcome<Position, StorageCode>> {
  return withStore(config, (store) => recorded(store, 'accept-restore', (origin) => store.acceptRestore(origin)));
}

/** Accepts the time of this machine as right; see `StoreClock.accept`. Throws `ConfigRefused` when the store cannot be opened. */
export function acceptTime(config: ServiceConfig): Promise<Outcome<AcceptedTime, StorageCode>> {
  return withStore(config, (store) =>
    recorded(store, 'accept-time', (origin) => store.clock.accept(origin.atMs, origin)),
  );
}

/** What is marked for permanent deletion. Throws `ConfigRefused` when the store cannot be opened. */
export function pendingDeletions(config: ServiceConfig): Promise<Outcome<PendingDeletions, StorageCode>> {
  return withStore(config, (store) => store.deletions.pending());
}

/** Stops or resumes permanent deletion. Throws `ConfigRefused` when the store cannot be opened. */
export function stopDeletions(
  config: ServiceConfig,
  isStopped: boolean,
): Promise<Outcome<PendingDeletions, StorageCode>> {
  return withStore(config, async (store) => {
    const operation = isStopped ? 'stop-deletions' : 'resume-deletions';
    const set = await recorded(store, operation, (origin) => store.deletions.setStopped(isStopped, origin));
    return set.ok ? store.deletions.pending() : set;
  });
}

/** Runs work with the store open. The high-water mark stays: only the instance that owns the state directory writes it. */
export async function withStore<Value>(config: ServiceConfig, work: (store: Store) => Promise<Value>): Promise<Value> {
  const { read } = markFileOf(config);
  const store = await openConfiguredStore(config, {
    log: { error: () => {}, warn: () => {} },
    markFile: { read, write: () => {} },
  });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Runs an operator's command and records it in the audit record. */
export async function recorded<Value>(
  store: Store,
  operation: AuditedOperation,
  act: (origin: ChangeOrigin) => Promise<Outcome<Value, StorageCode>>,
): Promise<Outcome<Value, StorageCode>> {
  const origin = { actor: operator(), atMs: Date.now(), requestId: randomUUID(), address: '' };
  const outcome = await act(origin);
  const audit = openAudit(store.audit);
  const { actor: caller, atMs, requestId } = origin;
  const verdict = outcome.ok
    ? { verdict: 'allowed' as const }
    : { verdict: 'refused' as const, code: outcome.refusal.code };
  await audit.record({ atMs, operation, requestId, caller, ...verdict });
  await audit.close();
  return outcome;
}

function operator(): string {
  return `operator ${userInfo().username} at ${hostname()}`;
}

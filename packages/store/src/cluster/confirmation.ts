/** Waits until every live instance has applied a change. A change that matters for safety is acknowledged after that, not before. */

import { setTimeout as pause } from 'node:timers/promises';
import { refuse } from '@atesto/core';
import type { StorageCode } from '../codes.ts';
import type { ClusterRows } from '../database/engine.ts';

const askEveryMs = 20;

/**
 * Resolves when each instance that was seen within `leaseMs` has applied `revision`. An instance that is cut off drops out
 * after `leaseMs`; by then it must refuse by itself, because its own freshness is counted from an earlier moment. Refuses with
 * `cluster-unconfirmed` after `timeoutMs`.
 */
export async function confirmedEverywhere(
  cluster: ClusterRows,
  revision: number,
  leaseMs: number,
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const behind = await cluster.behind(revision, leaseMs);
    if (behind === 0) return;
    if (performance.now() >= deadline) {
      refuse<StorageCode>('cluster-unconfirmed', `revision ${revision}`, `${behind} instances have not confirmed it`);
    }
    await pause(askEveryMs);
  }
}

/**
 * Removes audit entries after their retention period, in two steps. Expired entries are marked at startup and every hour. They are removed
 * once instances have run for the configured delay since then and the clock still agrees.
 */

import type { Audit, DeletionKind, Store } from '@atesto/store';
import type { FastifyBaseLogger } from 'fastify';
import type { ClockGuard } from '../clock/watch.ts';

const everyMs = 3_600_000;

/** What retention needs. */
export interface RetentionDeps {
  readonly audit: Pick<Audit, 'removeExpired'>;
  readonly deletions: Store['deletions'];
  readonly guard: ClockGuard;
  /** For how many days entries are kept, and those that count refusals of callers who did not authenticate. */
  readonly days: { readonly retentionDays: number; readonly anonymousRetentionDays: number };
  readonly delayMs: number;
  readonly clock: () => Date;
  readonly log: Pick<FastifyBaseLogger, 'info' | 'error'>;
}

/** Starts retention. The returned function stops it and waits for a removal in progress. */
export function keepRetention(deps: RetentionDeps): () => Promise<void> {
  let running = removeExpired(deps);
  const timer = setInterval(() => {
    running = running.then(() => removeExpired(deps));
  }, everyMs).unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** The two retention periods, as the audit record and the deletion marks name them. */
const periods = [
  { retention: 'kept', kind: 'audit', setting: 'retentionDays' },
  { retention: 'brief', kind: 'audit-brief', setting: 'anonymousRetentionDays' },
] as const;

async function removeExpired(deps: RetentionDeps): Promise<void> {
  const { audit, guard, log } = deps;
  if (!(await guard.confirm())) return;
  for (const { retention, kind, setting } of periods) {
    const beforeMs = await dueBefore(deps, kind, deps.days[setting]);
    if (beforeMs === undefined) continue;
    const outcome = await audit.removeExpired(beforeMs, retention);
    if (!outcome.ok) log.error(outcome.refusal, 'audit entries could not be removed');
    else if (outcome.value > 0) log.info({ removed: outcome.value, retention }, 'audit entries removed');
  }
}

/** The time before which entries may be removed now. Marks after the cutoff come from a clock that was ahead and are dropped. */
async function dueBefore(
  { deletions, delayMs, clock, log }: RetentionDeps,
  period: DeletionKind,
  days: number,
): Promise<number | undefined> {
  const cutoff = Math.max(0, Math.floor(clock().getTime() - days * 86_400_000));
  const pending = await deletions.pending();
  if (!pending.ok) {
    log.error(pending.refusal, 'the marks of audit entries cannot be read');
    return undefined;
  }
  const marks = pending.value.marks
    .filter(({ kind }) => kind === period)
    .map(({ subject, remainingMs }) => ({ beforeMs: Number(subject), remainingMs }))
    .filter(({ beforeMs }) => beforeMs <= cutoff);
  const lastDue = Math.max(0, ...marks.filter(({ remainingMs }) => remainingMs === 0).map(({ beforeMs }) => beforeMs));
  const kept = marks.filter(({ beforeMs }) => beforeMs >= lastDue).map(({ beforeMs }) => beforeMs);
  // One mark an hour is enough. Several instances set marks, and each sets more when it restarts.
  const isMarked = marks.some(({ remainingMs }) => remainingMs > delayMs - everyMs / 2 && delayMs > 0);
  const subjects = [...new Set(isMarked ? kept : [...kept, cutoff])].map(String);
  const due = await deletions.due(period, subjects, delayMs, () => true);
  if (!due.ok) {
    log.error(due.refusal, 'audit entries cannot be marked');
    return undefined;
  }
  return due.value.length === 0 ? undefined : Math.max(...due.value.map(Number));
}

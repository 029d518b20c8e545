/**
 * Removes audit entries that are older than the settings keep them, in two steps: what is too old is marked when the service starts and every
 * hour after that, and removed when instances have run for the delay since then and the clock still says so.
 */

import type { Audit, DeletionKind, Store } from '@atesto/store';
import type { FastifyBaseLogger } from 'fastify';
import type { ClockGuard } from '../clock/watch.ts';

const everyMs = 3_600_000;

/** What retention needs. */
export interface RetentionParts {
  readonly audit: Pick<Audit, 'removeExpired'>;
  readonly deletions: Store['deletions'];
  readonly guard: ClockGuard;
  /** For how many days entries are kept, and those that count refusals of callers who did not authenticate. */
  readonly days: { readonly retentionDays: number; readonly anonymousRetentionDays: number };
  readonly delayMs: number;
  readonly clock: () => Date;
  readonly log: Pick<FastifyBaseLogger, 'info' | 'error'>;
}

/** Starts; returns what ends it, which waits for a removal that has begun. */
export function keepRetention(parts: RetentionParts): () => Promise<void> {
  let running = removeExpired(parts);
  const timer = setInterval(() => {
    running = running.then(() => removeExpired(parts));
  }, everyMs).unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** The two lives of entries, as the audit record and the marks name them. */
const lives = [
  { retention: 'kept', kind: 'audit', setting: 'retentionDays' },
  { retention: 'brief', kind: 'audit-brief', setting: 'anonymousRetentionDays' },
] as const;

async function removeExpired(parts: RetentionParts): Promise<void> {
  const { audit, guard, log } = parts;
  if (!(await guard.confirm())) return;
  for (const { retention, kind, setting } of lives) {
    const beforeMs = await dueBefore(parts, kind, parts.days[setting]);
    if (beforeMs === undefined) continue;
    const outcome = await audit.removeExpired(beforeMs, retention);
    if (!outcome.ok) log.error(outcome.refusal, 'audit entries could not be removed');
    else if (outcome.value > 0) log.info({ removed: outcome.value, retention }, 'audit entries removed');
  }
}

/** The time before which entries may be removed now. Marks that lie after what is too old are of a clock that was ahead: they go. */
async function dueBefore(
  { deletions, delayMs, clock, log }: RetentionParts,
  life: DeletionKind,
  days: number,
): Promise<number | undefined> {
  const cutoff = Math.max(0, Math.floor(clock().getTime() - days * 86_400_000));
  const pending = await deletions.pending();
  if (!pending.ok) {
    log.error(pending.refusal, 'the marks of audit entries cannot be read');
    return undefined;
  }
  const marks = pending.value.marks
    .filter(({ kind }) => kind === life)
    .map(({ subject, remainingMs }) => ({ beforeMs: Number(subject), remainingMs }))
    .filter(({ beforeMs }) => beforeMs <= cutoff);
  const lastDue = Math.max(0, ...marks.filter(({ remainingMs }) => remainingMs === 0).map(({ beforeMs }) => beforeMs));
  const kept = marks.filter(({ beforeMs }) => beforeMs >= lastDue).map(({ beforeMs }) => beforeMs);
  // One mark an hour is enough: several instances look, and each more often than that when it is restarted.
  const isMarked = marks.some(({ remainingMs }) => remainingMs > delayMs - everyMs / 2 && delayMs > 0);
  const subjects = [...new Set(isMarked ? kept : [...kept, cutoff])].map(String);
  const due = await deletions.due(life, subjects, delayMs, () => true);
  if (!due.ok) {
    log.error(due.refusal, 'audit entries cannot be marked');
    return undefined;
  }
  return due.value.length === 0 ? undefined : Math.max(...due.value.map(Number));
}

/** Decides from other clocks and the store whether the clock of this instance is right. Pure. */
import type { ClockEvidence } from '@atesto/store';

/** Whether the own clock is trusted. `note`: it is, but an operator should know. */
export type ClockVerdict =
  | { readonly isTrusted: true; readonly note?: string }
  | { readonly isTrusted: false; readonly why: string };

/** How much time has passed since one moment, by the wall clock and by two clocks that cannot be set, in milliseconds. */
export interface Spans {
  readonly wallMs: number;
  /** Of the process; stands still while the machine sleeps. */
  readonly steadyMs: number;
  /** Of the machine; goes on while it sleeps. */
  readonly uptimeMs: number;
}

const trusted: ClockVerdict = { isTrusted: true };

/**
 * Compares the own clock with others. With several, the majority decides, and the database's clock breaks a tie. Alone on SQLite, the newest
 * time in the store decides, which a correct clock has passed, with the clocks of this process that cannot be set.
 */
export function judgeClock(evidence: ClockEvidence, spans: Spans | undefined, toleranceMs: number): ClockVerdict {
  if (evidence.shared !== undefined) return judgeShared(evidence, evidence.shared, toleranceMs);
  return judgeAlone(evidence, spans, toleranceMs);
}

function judgeShared(
  { ownMs, accepted }: ClockEvidence,
  { databaseMs, offsetsMs }: NonNullable<ClockEvidence['shared']>,
  toleranceMs: number,
): ClockVerdict {
  const own = ownMs - databaseMs;
  const agrees = (offset: number): boolean => Math.abs(own - offset) <= toleranceMs;
  const agreesWithDatabase = agrees(accepted?.databaseOffsetMs ?? 0);
  const others = offsetsMs.filter(agrees).length;
  const forIt = 1 + others + Number(agreesWithDatabase);
  const all = offsetsMs.length + 2;
  const isTrusted = 2 * forIt > all || (2 * forIt === all && agreesWithDatabase);
  const apart = `it is ${spanOf(own)} the database server's`;
  if (isTrusted)
    return agreesWithDatabase ? trusted : { isTrusted, note: `${apart}, but the other instances agree with it` };
  const instances = `${others} of ${offsetsMs.length} other instances agree with it`;
  return { isTrusted, why: `${apart}, and ${instances}; ${remedy}` };
}

function judgeAlone(
  { ownMs, newestMs = 0, accepted }: ClockEvidence,
  spans: Spans | undefined,
  toleranceMs: number,
): ClockVerdict {
  // Times that were in the store when an operator accepted another prove nothing.
  const isKnownWrong = accepted?.newestMs != null && newestMs <= accepted.newestMs;
  const newest = isKnownWrong ? accepted.atMs : Math.max(newestMs, accepted?.atMs ?? 0);
  if (newest - ownMs > toleranceMs) {
    return { isTrusted: false, why: `it is ${spanOf(ownMs - newest)} the newest time in the store; ${remedy}` };
  }
  if (spans === undefined) return trusted;
  const jumps = [spans.steadyMs, spans.uptimeMs].map((span) => spans.wallMs - span);
  const least = jumps.reduce((a, b) => (Math.abs(a) < Math.abs(b) ? a : b));
  if (Math.abs(least) <= toleranceMs) return trusted;
  return { isTrusted: false, why: `it jumped and is ${spanOf(least)} the time that has passed; ${remedy}` };
}

const remedy = 'set the clock right, or, if it is right, run: atesto store accept-time';

/** `2 h 10 min ahead of`, `3 d 0 h behind`. */
export function spanOf(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  const span = days > 0 ? `${days} d ${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${span} ${ms < 0 ? 'behind' : 'ahead of'}`;
}

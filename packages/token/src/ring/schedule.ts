/** The rotation schedule of signing keys, chosen so that relying parties notice no rotation. */
import { settle } from '@atesto/core';
import { refuse, type TokenOutcome } from '../refusal.ts';

/** The durations of a rotation, in whole seconds. */
export interface RotationSchedule {
  /** How long a key signs before its successor replaces it. */
  readonly signingSeconds: number;
  /** How long a key is published before it signs, so that clients with cached key sets learn it in time. */
  readonly leadSeconds: number;
  /** The longest lifetime of a token. */
  readonly tokenLifetimeSeconds: number;
  /** How long a retired key stays published after its last token expires. */
  readonly clientCacheSeconds: number;
}

const daySeconds = 24 * 3600;

/** 90 days of signing, a lead of one day, tokens of up to one day, and a week for clients that cache key sets. */
export const defaultSchedule: RotationSchedule = {
  signingSeconds: 90 * daySeconds,
  leadSeconds: daySeconds,
  tokenLifetimeSeconds: daySeconds,
  clientCacheSeconds: 7 * daySeconds,
};

/** Refuses durations that are not whole seconds, and a lead that is not shorter than the signing time. */
export function checkSchedule(schedule: RotationSchedule): TokenOutcome<RotationSchedule> {
  return settle(() => {
    for (const [name, seconds] of Object.entries(schedule)) {
      if (!Number.isSafeInteger(seconds) || seconds < 0) {
        refuse('schedule-invalid', name, `${name} must be a whole number of seconds`);
      }
    }
    if (schedule.leadSeconds >= schedule.signingSeconds) {
      refuse('schedule-invalid', 'leadSeconds', 'the lead must be shorter than the signing time of a key');
    }
    return schedule;
  });
}

/** How far the clock of an instance that signs with a key may be behind the clock of the one that made it. */
export const clockToleranceSeconds = 3600;

/**
 * The validity that a new key's certificate needs: it covers clocks one hour behind, the lead, the signing time, a successor that is late
 * by another signing time, and the lifetime of the last token.
 */
export function keyValidity(
  at: Date,
  schedule: RotationSchedule,
): { readonly notBefore: Date; readonly notAfter: Date } {
  const { leadSeconds, signingSeconds } = schedule;
  return {
    notBefore: later(at, -clockToleranceSeconds),
    notAfter: later(at, leadSeconds + 2 * signingSeconds + overlapSeconds(schedule)),
  };
}

/** How long a retired key stays published. */
export function overlapSeconds(schedule: RotationSchedule): number {
  return schedule.tokenLifetimeSeconds + schedule.clientCacheSeconds;
}

/** A time, that many seconds after another. */
export function later(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}

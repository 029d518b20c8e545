/** When signing keys change: the spans that make a rotation invisible to relying parties. */
import { settle } from '@atesto/core';
import { refuse, type TokenOutcome } from '../refusal.ts';

/** The spans of a rotation, in whole seconds. */
export interface RotationSchedule {
  /** How long a key signs before the next takes over. */
  readonly signingSeconds: number;
  /** How long a key is published before it signs, so that cached key sets know it in time. */
  readonly leadSeconds: number;
  /** The longest life of a token. */
  readonly tokenLifetimeSeconds: number;
  /** How much longer than a token lives a retired key stays published. */
  readonly clientCacheSeconds: number;
}

const daySeconds = 24 * 3600;

/** 90 days of signing, a day of lead, tokens of up to a day, and a week for clients that cache key sets. */
export const defaultSchedule: RotationSchedule = {
  signingSeconds: 90 * daySeconds,
  leadSeconds: daySeconds,
  tokenLifetimeSeconds: daySeconds,
  clientCacheSeconds: 7 * daySeconds,
};

/** Refuses spans that are not whole seconds and a lead that is as long as a key signs. */
export function checkSchedule(schedule: RotationSchedule): TokenOutcome<RotationSchedule> {
  return settle(() => {
    for (const [name, seconds] of Object.entries(schedule)) {
      if (!Number.isSafeInteger(seconds) || seconds < 0) {
        refuse('schedule-invalid', name, `${name} is not a whole number of seconds`);
      }
    }
    if (schedule.leadSeconds >= schedule.signingSeconds) {
      refuse('schedule-invalid', 'leadSeconds', 'the lead must be shorter than a key signs');
    }
    return schedule;
  });
}

/** How far the clock of an instance that signs with a key may be behind the clock of the one that made it. */
export const clockToleranceSeconds = 3600;

/**
 * The validity that a new key's certificate needs: it covers clocks that are an hour behind, lead, signing, a successor as late as
 * one more signing span, and the life of the last token.
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

/** A time so many seconds after another. */
export function later(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}

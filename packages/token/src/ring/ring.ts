/**
 * Key rings: which key signs now, which keys are published, and when the next one is due. Pure: a ring is a list of keys with times,
 * every change returns a new ring, and the caller stores it.
 */
import { settle } from '@atesto/core';
import type { PublishedKey } from '../keys/signing-key.ts';
import { refuse, type TokenOutcome } from '../refusal.ts';
import { clockToleranceSeconds, later, overlapSeconds, type RotationSchedule } from './schedule.ts';

/** A key and its times. Intervals include their start and exclude their end. */
export interface RingEntry<Key extends PublishedKey = PublishedKey> {
  readonly key: Key;
  /** From when the key is published. */
  readonly publishedFrom: Date;
  /** From when the key signs. */
  readonly signsFrom: Date;
  /** From when its successor signs. Absent: there is no successor yet. */
  readonly signsUntil?: Date;
}

/** Keys in the order in which they sign. */
export type KeyRing<Key extends PublishedKey = PublishedKey> = readonly RingEntry<Key>[];

/**
 * The key that signs at a time; undefined when its certificate has expired. When no key has begun to sign, this clock is behind the
 * one that wrote the ring; then the first key signs, if its certificate is valid.
 */
export function currentKey<Key extends PublishedKey>(ring: KeyRing<Key>, at: Date): Key | undefined {
  return (ring.findLast((entry) => signs(entry, at)) ?? firstToSign(ring, at))?.key;
}

/** The keys to publish at a time: the current one, then pending ones, then retired ones, latest first. */
export function publishedKeys<Key extends PublishedKey>(
  ring: KeyRing<Key>,
  at: Date,
  schedule: RotationSchedule,
): readonly Key[] {
  const current = currentKey(ring, at);
  const published = ring.filter((entry) => entry.publishedFrom <= at && at < publishedUntil(entry, schedule));
  const coming = published.filter((entry) => entry.key !== current && at < entry.signsFrom);
  const retired = published.filter((entry) => entry.key !== current && at >= entry.signsFrom).reverse();
  return [...(current === undefined ? [] : [current]), ...[...coming, ...retired].map((entry) => entry.key)];
}

/** When the next key must be added: one lead before the newest key stops signing. Undefined for an empty ring: now. */
export function nextRotation(ring: KeyRing, at: Date, schedule: RotationSchedule): Date | undefined {
  const newest = newestOf(ring, at);
  return newest && later(newest.signsFrom, schedule.signingSeconds - schedule.leadSeconds);
}

/** Whether a key must be added now: no key signs, or the newest one stops signing within the lead. */
export function rotationDue(ring: KeyRing, at: Date, schedule: RotationSchedule): boolean {
  const next = nextRotation(ring, at, schedule);
  return next === undefined || next <= at || currentKey(ring, at) === undefined;
}

/**
 * Adds a key at a time. It is published immediately and replaces the newest key after the lead; when no key signs, it signs
 * immediately. Refuses a key that the ring already holds.
 */
export function addKey<Key extends PublishedKey>(
  ring: KeyRing<Key>,
  key: Key,
  at: Date,
  schedule: RotationSchedule,
): TokenOutcome<KeyRing<Key>> {
  return settle(() => {
    if (ring.some((entry) => entry.key.kid === key.kid)) {
      refuse('key-known', key.kid, 'the key ring already holds this key');
    }
    const newest = newestOf(ring, at);
    if (newest === undefined || currentKey(ring, at) === undefined) {
      return [...ring.map((entry) => endedBy(entry, at)), { key, publishedFrom: at, signsFrom: at }];
    }
    const lead = later(at, schedule.leadSeconds);
    const signsFrom = new Date(Math.max(lead.getTime(), newest.signsFrom.getTime()));
    return [...ring.map((entry) => endedBy(entry, signsFrom)), { key, publishedFrom: at, signsFrom }];
  });
}

/**
 * Withdraws a key at a time, such as a stolen one: tokens that it signed no longer verify. A pending key signs immediately if no other
 * does; a key whose successor is withdrawn continues to sign. If no key is left to sign, {@link rotationDue} returns true.
 */
export function withdrawKey<Key extends PublishedKey>(ring: KeyRing<Key>, kid: string, at: Date): KeyRing<Key> {
  const rest = ring.filter((entry) => entry.key.kid !== kid);
  const newest = rest.at(-1);
  if (newest === undefined || (newest.signsUntil !== undefined && newest.signsUntil <= at)) return rest;
  const { key, publishedFrom, signsFrom } = newest;
  const begins = at < signsFrom && currentKey(rest, at) === undefined ? at : signsFrom;
  return [...rest.slice(0, -1), { key, publishedFrom, signsFrom: begins }];
}

/** The ring without the keys that no longer need to be published. */
export function dropRetired<Key extends PublishedKey>(
  ring: KeyRing<Key>,
  at: Date,
  schedule: RotationSchedule,
): KeyRing<Key> {
  return ring.filter((entry) => at < publishedUntil(entry, schedule));
}

/** The newest key, ignoring keys that were added by a clock too far ahead of this one. */
function newestOf<Key extends PublishedKey>(ring: KeyRing<Key>, at: Date): RingEntry<Key> | undefined {
  return ring.findLast(({ publishedFrom }) => publishedFrom <= later(at, clockToleranceSeconds));
}

function signs({ key, signsFrom, signsUntil }: RingEntry, at: Date): boolean {
  return signsFrom <= at && (signsUntil === undefined || at < signsUntil) && isValid(key, at);
}

function firstToSign<Key extends PublishedKey>(ring: KeyRing<Key>, at: Date): RingEntry<Key> | undefined {
  if (ring.some(({ signsFrom }) => signsFrom <= at)) return undefined;
  return ring.find(
    ({ key, signsFrom, signsUntil }) => signsUntil?.getTime() !== signsFrom.getTime() && isValid(key, at),
  );
}

function isValid(key: PublishedKey, at: Date): boolean {
  return key.notBefore <= at && at <= key.notAfter;
}

function publishedUntil({ key, signsUntil }: RingEntry, schedule: RotationSchedule): Date {
  // A key whose certificate expired before its successor was added stays too: clients must learn the successor first.
  const lastSigned = signsUntil ?? key.notAfter;
  // One more second: the last token can be signed within the second of `lastSigned`, and token times are whole seconds.
  return later(lastSigned, overlapSeconds(schedule) + 1);
}

/** An entry that would begin after its successor never signs: it ends when it begins. */
function endedBy<Key extends PublishedKey>(entry: RingEntry<Key>, successor: Date): RingEntry<Key> {
  const end = successor < entry.signsFrom ? entry.signsFrom : successor;
  return entry.signsUntil === undefined || entry.signsUntil > end ? { ...entry, signsUntil: end } : entry;
}

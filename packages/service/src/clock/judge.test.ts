/** Which clock is right: the evidence of a database, of other instances, of the store and of clocks that cannot be set. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AcceptedTime, ClockEvidence } from '@atesto/store';
import { judgeClock, type Spans, spanOf } from './judge.ts';

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.UTC(2026, 10, 28);

/** The verdict on a clock that is so far ahead of the database's, among others. */
function shared(aheadMs: number, offsetsMs: readonly number[], accepted?: Partial<AcceptedTime>): boolean | 'noted' {
  const evidence: ClockEvidence = {
    ownMs: now + aheadMs,
    shared: { databaseMs: now, offsetsMs },
    ...acceptedOf(accepted),
  };
  const verdict = judgeClock(evidence, undefined, hour);
  return verdict.isTrusted && verdict.note !== undefined ? 'noted' : verdict.isTrusted;
}

/** The verdict on a clock that is so far ahead of the newest time in the store. */
function alone(aheadMs: number, spans?: Spans, accepted?: Partial<AcceptedTime>): boolean {
  return judgeClock({ ownMs: now + aheadMs, newestMs: now, ...acceptedOf(accepted) }, spans, hour).isTrusted;
}

function acceptedOf(accepted: Partial<AcceptedTime> | undefined): Pick<ClockEvidence, 'accepted'> {
  if (accepted === undefined) return {};
  return { accepted: { atMs: now, databaseOffsetMs: null, newestMs: null, ...accepted } };
}

describe('a clock beside a database server', () => {
  test('is trusted within the tolerance, refused beyond it, in either direction', () => {
    assert.deepEqual([shared(hour, []), shared(-hour, [])], [true, true]);
    assert.deepEqual([shared(hour + 1, []), shared(-hour - 1, [])], [false, false]);
  });

  test('is trusted when one other instance is far ahead, and refused when it is the one that is', () => {
    assert.equal(shared(0, [400 * day]), true);
    assert.equal(shared(400 * day, [0]), false);
  });

  test('is trusted when the other instances agree with it against the database, and an operator is told', () => {
    assert.equal(shared(2 * hour, [2 * hour, 2 * hour]), 'noted');
    assert.equal(shared(2 * hour, [2 * hour]), 'noted');
  });

  test('is on the side of the database where opinions are even', () => {
    assert.equal(shared(0, [0, 9 * hour, 9 * hour, 5 * day]), true);
    assert.equal(shared(9 * hour, [0, 9 * hour]), false);
    assert.equal(shared(0, [9 * hour, 9 * hour]), true);
  });

  test('is trusted at the distance from the database that an operator accepted, and at no other', () => {
    assert.equal(shared(5 * hour, [], { databaseOffsetMs: 5 * hour }), true);
    assert.equal(shared(0, [], { databaseOffsetMs: 5 * hour }), false);
  });
});

describe('a clock alone on SQLite', () => {
  test('is refused when it is behind the newest time in the store by more than the tolerance', () => {
    assert.deepEqual([alone(-hour), alone(-hour - 1)], [true, false]);
  });

  test('is trusted at a start after a long time off', () => {
    assert.equal(alone(400 * day), true);
  });

  test('is refused when it jumps against both clocks that cannot be set', () => {
    const spans = { wallMs: 2 * hour, steadyMs: 1000, uptimeMs: 1000 };
    assert.equal(alone(0, spans), false);
    assert.equal(alone(0, { ...spans, wallMs: -2 * hour }), false);
  });

  test('is trusted after the machine slept: its uptime went on', () => {
    assert.equal(alone(0, { wallMs: 9 * hour, steadyMs: 1000, uptimeMs: 9 * hour }), true);
  });

  test('passes over times in the store that an operator knows to be wrong, and over no newer ones', () => {
    const accepted = { atMs: now - 400 * day, newestMs: now };
    assert.equal(alone(-399 * day, undefined, accepted), true);
    assert.equal(alone(-402 * day, undefined, accepted), false);
    assert.equal(alone(-399 * day, undefined, { ...accepted, newestMs: now - 1 }), false);
  });
});

test('tells a span in words', () => {
  assert.equal(spanOf(130 * 60_000), '2 h 10 min ahead of');
  assert.equal(spanOf(-3 * day), '3 d 0 h behind');
});

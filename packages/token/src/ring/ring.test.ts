import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accepted, codeOf } from '../__fixtures__/keys.ts';
import {
  addKey,
  checkSchedule,
  currentKey,
  defaultSchedule,
  dropRetired,
  type KeyRing,
  keyValidity,
  nextRotation,
  type PublishedKey,
  publishedKeys,
  type RotationSchedule,
  rotationDue,
  withdrawKey,
} from '../index.ts';

const schedule: RotationSchedule = {
  signingSeconds: 1000,
  leadSeconds: 100,
  tokenLifetimeSeconds: 50,
  clientCacheSeconds: 20,
};

/** Seconds after an arbitrary start. */
function at(seconds: number): Date {
  return new Date(Date.UTC(2026, 10, 1) + seconds * 1000);
}

function keyNamed(kid: string, made: Date, spans: RotationSchedule = schedule): PublishedKey {
  const { notBefore, notAfter } = keyValidity(made, spans);
  return {
    kid,
    algorithm: 'ES256',
    issuer: 'https://localhost',
    certificate: new Uint8Array(),
    publicKey: { kty: 'EC', crv: 'P-256', x: '', y: '' },
    notBefore,
    notAfter,
  };
}

function add(ring: KeyRing, kid: string, seconds: number): KeyRing {
  return accepted(addKey(ring, keyNamed(kid, at(seconds)), at(seconds), schedule));
}

function kids(ring: KeyRing, seconds: number): string[] {
  return publishedKeys(ring, at(seconds), schedule).map((key) => key.kid);
}

test('lets the first key sign at once and asks for it while there is none', () => {
  assert.equal(rotationDue([], at(0), schedule), true);
  assert.equal(nextRotation([], at(0), schedule), undefined);
  const ring = add([], 'a', 0);
  assert.equal(currentKey(ring, at(0))?.kid, 'a');
  assert.equal(rotationDue(ring, at(0), schedule), false);
});

test('lets a clock that is up to an hour behind sign with the first key, and asks it for no other', () => {
  const ring = add([], 'a', 0);
  assert.equal(currentKey(ring, at(-3600))?.kid, 'a');
  assert.equal(rotationDue(ring, at(-3600), schedule), false);
  assert.deepEqual(kids(ring, -3600), ['a']);
  assert.equal(currentKey(ring, at(-3601)), undefined);
});

test('ends a key that has not begun where it would have begun, never before', () => {
  const ring = add(add([], 'a', 0), 'b', -3601);
  assert.deepEqual(
    ring.map(({ key, signsFrom, signsUntil }) => [key.kid, signsFrom, signsUntil]),
    [
      ['a', at(0), at(0)],
      ['b', at(-3601), undefined],
    ],
  );
});

test('asks for the next key a lead before the current one has signed its time', () => {
  const ring = add([], 'a', 0);
  assert.deepEqual(nextRotation(ring, at(0), schedule), at(900));
  assert.equal(rotationDue(ring, at(899), schedule), false);
  assert.equal(rotationDue(ring, at(900), schedule), true);
  assert.equal(rotationDue(add(ring, 'b', 900), at(900), schedule), false);
});

test('publishes a new key for the lead before it signs, after the current one', () => {
  const ring = add(add([], 'a', 0), 'b', 900);
  assert.equal(currentKey(ring, at(999))?.kid, 'a');
  assert.deepEqual(kids(ring, 899), ['a']);
  assert.deepEqual(kids(ring, 900), ['a', 'b']);
  assert.equal(currentKey(ring, at(1000))?.kid, 'b');
  assert.deepEqual(kids(ring, 1000), ['b', 'a']);
});

test('keeps a retired key published for a token lifetime and the clients cache, then drops it', () => {
  const ring = add(add([], 'a', 0), 'b', 900);
  assert.deepEqual(kids(ring, 1070), ['b', 'a']);
  assert.deepEqual(kids(ring, 1071), ['b']);
  assert.equal(dropRetired(ring, at(1070), schedule).length, 2);
  assert.deepEqual(
    dropRetired(ring, at(1071), schedule).map((entry) => entry.key.kid),
    ['b'],
  );
});

test('lets a key sign on when its successor comes late, up to the end of its certificate', () => {
  const ring = add([], 'a', 0);
  const end = 100 + 2000 + 70;
  assert.equal(currentKey(ring, at(1500))?.kid, 'a');
  assert.equal(currentKey(ring, at(end))?.kid, 'a');
  assert.equal(currentKey(ring, at(end + 1)), undefined);
  assert.equal(rotationDue(ring, at(end + 1), schedule), true);
  const late = add(ring, 'b', end + 1);
  assert.equal(currentKey(late, at(end + 1))?.kid, 'b');
  assert.deepEqual(kids(late, end + 1), ['b', 'a']);
});

test('takes an early rotation as an order: the new key signs after the lead', () => {
  const ring = add(add([], 'a', 0), 'b', 10);
  assert.equal(currentKey(ring, at(109))?.kid, 'a');
  assert.equal(currentKey(ring, at(110))?.kid, 'b');
});

test('withdraws the current key at once and lets a coming key sign in its place', () => {
  const ring = withdrawKey(add(add([], 'a', 0), 'b', 900), 'a', at(950));
  assert.deepEqual(kids(ring, 950), ['b']);
  assert.equal(currentKey(ring, at(950))?.kid, 'b');
});

test('does not let a retired key sign again when the current one is withdrawn', () => {
  const ring = withdrawKey(add(add([], 'a', 0), 'b', 900), 'b', at(1010));
  assert.equal(currentKey(ring, at(1010)), undefined);
  assert.equal(rotationDue(ring, at(1010), schedule), true);
  assert.deepEqual(kids(add(ring, 'c', 1010), 1010), ['c', 'a']);
});

test('lets a key sign on when its coming successor is withdrawn', () => {
  const ring = withdrawKey(add(add([], 'a', 0), 'b', 900), 'b', at(950));
  assert.equal(currentKey(ring, at(1200))?.kid, 'a');
  assert.equal(rotationDue(ring, at(950), schedule), true);
});

test('withdraws the only key', () => {
  assert.deepEqual(withdrawKey(add([], 'a', 0), 'a', at(1)), []);
});

test('refuses a key that the ring holds already', () => {
  const ring = add([], 'a', 0);
  assert.equal(codeOf(addKey(ring, keyNamed('a', at(900)), at(900), schedule)), 'key-known');
});

test('refuses schedules with parts of seconds, negative spans, or a lead as long as a key signs', () => {
  assert.ok(checkSchedule(defaultSchedule).ok);
  for (const change of [{ signingSeconds: 0.5 }, { clientCacheSeconds: -1 }, { leadSeconds: 1000 }]) {
    assert.equal(codeOf(checkSchedule({ ...schedule, ...change })), 'schedule-invalid');
  }
});

test('property: whatever clocks change a ring, no key ends before it begins', () => {
  const step = fc.record({ seconds: fc.integer({ min: -5000, max: 5000 }), isWithdrawn: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let ring: KeyRing = [];
      for (const [index, { seconds, isWithdrawn }] of steps.entries()) {
        const [first] = ring;
        if (isWithdrawn && first !== undefined) ring = withdrawKey(ring, first.key.kid, at(seconds));
        else ring = accepted(addKey(ring, keyNamed(String(index), at(seconds)), at(seconds), schedule));
        for (const { signsFrom, signsUntil } of ring) assert.ok(signsUntil === undefined || signsFrom <= signsUntil);
      }
    }),
  );
});

test('property: whenever rotations come, one key signs, was published a lead before, and outlives its tokens in the set', () => {
  const span = fc.integer({ min: 0, max: 300 });
  const spans = fc
    .record({
      signingSeconds: fc.integer({ min: 1, max: 1000 }),
      leadSeconds: span,
      tokenLifetimeSeconds: span,
      clientCacheSeconds: span,
    })
    .filter((candidate) => candidate.leadSeconds < candidate.signingSeconds);
  fc.assert(
    fc.property(spans, fc.array(fc.integer({ min: 1, max: 800 }), { maxLength: 30 }), (spansOfRun, steps) => {
      let now = 0;
      let ring: KeyRing = accepted(addKey([], keyNamed('0', at(0), spansOfRun), at(0), spansOfRun));
      const signed: { kid: string; when: number }[] = [];
      for (const step of steps) {
        now += step;
        if (rotationDue(ring, at(now), spansOfRun)) {
          const hadKey = currentKey(ring, at(now)) !== undefined;
          ring = accepted(addKey(ring, keyNamed(String(now), at(now), spansOfRun), at(now), spansOfRun));
          const newest = ring.at(-1);
          assert.ok(newest);
          if (hadKey) assert.ok(newest.signsFrom >= at(now + spansOfRun.leadSeconds));
        }
        ring = dropRetired(ring, at(now), spansOfRun);
        const current = currentKey(ring, at(now));
        assert.ok(current, 'a key signs');
        signed.push({ kid: current.kid, when: now });
        const set = publishedKeys(ring, at(now), spansOfRun).map((key) => key.kid);
        assert.equal(set[0], current.kid);
        assert.equal(new Set(set).size, set.length);
        const overlap = spansOfRun.tokenLifetimeSeconds + spansOfRun.clientCacheSeconds;
        for (const { kid, when } of signed) if (now <= when + overlap) assert.ok(set.includes(kid), 'still published');
      }
    }),
  );
});

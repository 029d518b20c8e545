/** Which of two genuine answers is kept; and that a source whose program fails does not end the process. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { IntelCollateral } from '@atesto/evidence/advanced';
import { createSimulatedPlatform } from '@atesto/testing/sgx';
import { at, codeOf, collateral, needed, plain, platform, trustAnchors } from '../__fixtures__/platform.ts';
import { type CacheEvent, createCachedSource, type IntelEndorsementSource } from '../index.ts';
import { isSuperseded } from './supersession.ts';

const day = 24 * 3600;
const later = (days: number): Date => new Date(at.getTime() + days * day * 1000);

/** A cache over a source that gives what is published, and that is asked again behind each answer. */
function scene(t: TestContext, publish: () => IntelCollateral, furtherRoots: readonly string[] = []) {
  let now = at;
  const events: CacheEvent[] = [];
  const source: IntelEndorsementSource = {
    name: 'test',
    get: async () => ({ ok: true, value: { collateral: publish() } }),
  };
  const cache = createCachedSource(source, {
    trustAnchors: [
      ...trustAnchors,
      ...furtherRoots.map((spkiSha256) => ({ name: 'another', spkiSha256, development: true })),
    ],
    clock: () => now,
    refreshAfterSeconds: day,
    report: (event) => void events.push(event),
  });
  t.after(() => cache.close());
  /** The answer some days later, after the refresh that it sets going. */
  async function refreshed(days: number) {
    now = later(days);
    await cache.get(needed, { at: now });
    await cache.refreshDue();
    return cache.get(needed, { at: now });
  }
  return { cache, refreshed, events };
}

describe('a refresh', () => {
  test('takes a new list of revocations although it is due earlier than the old one', async (t) => {
    const emergency = await platform.collateral({ pckCrl: { thisUpdate: later(2), nextUpdate: later(4) } });
    let published = collateral;
    const { cache, refreshed, events } = scene(t, () => published);
    await cache.get(needed, { at });
    published = emergency;
    const result = await refreshed(2);
    assert.ok(result.ok);
    assert.deepEqual(plain(result.value.collateral), plain(emergency));
    assert.deepEqual(result.value.freshness?.nextUpdate, later(4));
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['refreshed'],
    );
  });

  test('does not take an older list beside parts that are the same', async (t) => {
    const replayed = await platform.collateral({ pckCrl: { thisUpdate: later(-9), nextUpdate: later(90) } });
    let published = collateral;
    const { cache, refreshed, events } = scene(t, () => published);
    await cache.get(needed, { at });
    published = replayed;
    const result = await refreshed(2);
    assert.ok(result.ok);
    assert.deepEqual(plain(result.value.collateral), plain(collateral));
    assert.equal(events[0]?.kind, 'rollback-ignored');
  });

  test('keeps the parts that are newer at hand, when the source is ahead in one part and behind in another', async (t) => {
    const old = await platform.collateral({ tcbInfo: { issueDate: '2026-05-20T00:00:00Z' } });
    const { tcbInfo, tcbInfoSignature } = old;
    const { pckCrl } = await platform.collateral({ pckCrl: { thisUpdate: later(1), nextUpdate: later(60) } });
    let published = collateral;
    const { cache, refreshed, events } = scene(t, () => published);
    await cache.get(needed, { at });
    published = { ...collateral, tcbInfo, tcbInfoSignature, pckCrl };
    const result = await refreshed(2);
    assert.ok(result.ok);
    assert.deepEqual(plain(result.value.collateral), plain({ ...collateral, pckCrl }));
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['rollback-ignored', 'refreshed'],
    );
  });

  test('takes all parts when the newer ones at hand do not hold together with it', async (t) => {
    const another = await createSimulatedPlatform({ at, fmspc: needed.fmspc });
    const ahead = await another.collateral({
      tcbInfo: { issueDate: '2026-05-20T00:00:00Z' },
      pckCrl: { thisUpdate: later(1), nextUpdate: later(60) },
    });
    let published = collateral;
    const { cache, refreshed } = scene(t, () => published, [another.rootFingerprint]);
    await cache.get(needed, { at });
    published = ahead;
    const result = await refreshed(2);
    assert.ok(result.ok);
    assert.deepEqual(plain(result.value.collateral), plain(ahead));
  });

  test('of a source that throws is reported, and the entry at hand serves', async (t) => {
    const fault = new Error('a fault of the program');
    let published: () => IntelCollateral = () => collateral;
    const { cache, refreshed, events } = scene(t, () => published());
    await cache.get(needed, { at });
    published = () => {
      throw fault;
    };
    assert.equal(codeOf(await refreshed(2)), 'ok');
    assert.deepEqual(
      events.map((event) => (event.kind === 'refresh-crashed' ? event.error : event.kind)),
      [fault],
    );
  });
});

test('what is found is ignored when no part of it is newer and one is older, however long it lasts', () => {
  const dated = (nextUpdate: number, ...issued: number[]) => ({
    nextUpdate: later(nextUpdate),
    issued: issued.map(later),
  });
  const held = dated(10, 0, 0);
  for (const [found, ignored] of [
    [dated(10, 0, 0), false],
    [dated(20, -1, -1), true],
    [dated(20, 0, -1), true],
    [dated(20, 1, -1), false],
    [dated(5, 1, 0), false],
    [dated(3, 1, 0), false],
  ] as const) {
    assert.equal(isSuperseded(found, held), ignored, JSON.stringify(found));
  }
});

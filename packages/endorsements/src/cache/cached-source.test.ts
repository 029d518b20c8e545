/** The cache: what is kept, for how long, what it survives, and that nothing unverified gets in. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { IntelCollateral } from '@atesto/evidence/advanced';
import type { PcsFault, PcsServer } from '@atesto/testing/servers';
import { at, codeOf, collateral, needed, plain, platform, servePcs, trustAnchors } from '../__fixtures__/platform.ts';
import type { FakeTiming } from '../__fixtures__/timing.ts';
import {
  type CacheEvent,
  createCachedSource,
  createPcsSource,
  type IntelCacheOptions,
  type IntelEndorsementSource,
} from '../index.ts';

const day = 24 * 3600;
const later = (days: number, seconds = 0): Date => new Date(at.getTime() + (days * day + seconds) * 1000);
const nextUpdate = later(29);
/** What the vendor publishes three weeks later. */
const renewed = await platform.collateral({ at: later(21) });
const { pckCertificateChain: _, ...parts } = collateral;

interface Scene {
  readonly cache: ReturnType<typeof createCachedSource>;
  readonly source: IntelEndorsementSource;
  readonly server: PcsServer;
  readonly timing: FakeTiming;
  readonly events: CacheEvent[];
  /** What the server has from now on. */
  publish(next: IntelCollateral): void;
  /** A cache over the same source that knows nothing but the directory. */
  restart(options?: IntelCacheOptions): ReturnType<typeof createCachedSource>;
}

async function scene(t: TestContext, options: IntelCacheOptions = {}, faults: PcsFault[] = []): Promise<Scene> {
  let published: IntelCollateral = collateral;
  const { server, source, timing } = await servePcs(t, { collateral: () => published, faults }, { retries: 0 });
  const events: CacheEvent[] = [];
  const restart = (more: IntelCacheOptions = {}) => {
    const report = (event: CacheEvent): void => void events.push(event);
    const usual = { trustAnchors, clock: timing.clock, report, refreshAfterSeconds: 365 * day };
    const cache = createCachedSource(source, { ...usual, ...options, ...more });
    t.after(() => cache.close());
    return cache;
  };
  return { cache: restart(), source, server, timing, events, publish: (next) => (published = next), restart };
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'atesto-cache-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Lists of revocations have files of their own. */
const isEntry = (name: string): boolean => !name.startsWith('revocation-lists-');
const down: PcsFault[] = [{ kind: 'status', status: 503 }];
const kinds = (events: readonly CacheEvent[]): string[] => events.map(({ kind }) => kind);

test('what was fetched is given again, the same object, without a request', async (t) => {
  const { cache, server } = await scene(t);
  const [first, second] = [await cache.get(needed, { at }), await cache.get(needed, { at })];
  assert.ok(first.ok && second.ok);
  assert.deepEqual(plain(first.collateral), plain(parts));
  assert.equal(first.collateral, second.collateral);
  assert.deepEqual(second.freshness, { fetchedAt: at, nextUpdate, source: server.url, stale: false });
  assert.equal(server.requests.length, 4);
});

test('a hundred requests at once make one request for each part', async (t) => {
  const { cache, server } = await scene(t);
  const results = await Promise.all(Array.from({ length: 100 }, () => cache.get(needed, { at })));
  assert.deepEqual(new Set(results.map(codeOf)), new Set(['ok']));
  assert.equal(server.requests.length, 4);
});

test('a caller who may not make the service be asked is refused, and served by what is there or under way', async (t) => {
  const { cache, server } = await scene(t);
  const asked: string[] = [];
  const no = (): boolean => {
    asked.push('no');
    return false;
  };
  assert.equal(codeOf(await cache.get(needed, { at, mayFetch: no })), 'endorsements-limited');
  assert.equal(server.requests.length, 0);
  const fetching = cache.get(needed, { at, mayFetch: () => true });
  assert.equal(codeOf(await fetching), 'ok');
  assert.equal(codeOf(await cache.get(needed, { at, mayFetch: no })), 'ok');
  assert.deepEqual([asked, server.requests.length], [['no'], 4]);
});

test('a caller who may not make the service be asked gets what has expired within the grace', async (t) => {
  const { cache } = await scene(t, { staleGraceSeconds: 5 * day });
  await cache.get(needed, { at });
  const result = await cache.get(needed, { at: later(30), mayFetch: () => false });
  assert.equal(result.ok && result.freshness?.stale, true);
});

describe('a restart', () => {
  test('is survived by what was fetched, while the service is down', async (t) => {
    const { cache, server, restart } = await scene(t, { directory: join(folder(t), 'new') });
    await cache.get(needed, { at });
    await cache.close();
    server.setFaults(down);
    const result = await restart().get(needed, { at: later(1) });
    assert.ok(result.ok);
    assert.deepEqual(plain(result.collateral), plain(parts));
    assert.deepEqual(result.freshness, { fetchedAt: at, nextUpdate, source: server.url, stale: false });
    assert.equal(server.requests.length, 4);
  });

  test('keeps the files of another baseline or service apart', async (t) => {
    const directory = folder(t);
    const { cache, server, timing } = await scene(t, { directory });
    await cache.get(needed, { at });
    await cache.close();
    const early = createPcsSource({ baseUrl: server.url, trustAnchors, timing, tcbUpdateType: 'early', retries: 0 });
    t.after(() => early.close());
    server.setFaults(down);
    const other = createCachedSource(early, { directory, trustAnchors, clock: timing.clock });
    assert.notEqual(codeOf(await other.get(needed, { at })), 'ok');
  });

  for (const [what, change] of [
    ['cut short', (text: string) => text.slice(0, text.length >> 1)],
    ['empty', () => ''],
    ['not an entry', () => '{"format":"something else"}'],
    ['of another key', (text: string) => text.replace(/"key":"[^"]*"/, '"key":"other"')],
    ['of a later version', (text: string) => text.replace('"version":1', '"version":2')],
    ['without a date', (text: string) => text.replace(/"fetchedAt":"[^"]*"/, '"fetchedAt":"never"')],
    ['without collateral', (text: string) => text.replace(/"content":".*"/, '"content":"{}"')],
    ['changed below a signature', (text: string) => text.replace('UpToDate', 'OutOfDate')],
  ] as const) {
    test(`finds a file ${what}: reports it, fetches again, writes it anew`, async (t) => {
      const directory = folder(t);
      const { cache, server, events, restart } = await scene(t, { directory });
      await cache.get(needed, { at });
      await cache.close();
      const [name = ''] = readdirSync(directory).filter(isEntry);
      const [file, text] = [join(directory, name), readFileSync(join(directory, name), 'utf8')];
      assert.notEqual(change(text), text);
      writeFileSync(file, change(text));
      const next = restart();
      assert.equal(codeOf(await next.get(needed, { at })), 'ok');
      assert.equal(server.requests.length, 8);
      assert.deepEqual(kinds(events), ['file-ignored']);
      await next.close();
      assert.equal(readFileSync(file, 'utf8'), text);
    });
  }

  test('after a crash leaves no half-written file', async (t) => {
    const directory = folder(t);
    const abandoned = join(directory, 'intel-collateral-0123.json.abcdef.tmp');
    writeFileSync(abandoned, '{');
    const { cache } = await scene(t, { directory });
    await cache.get(needed, { at });
    await cache.close();
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });
});

test('a directory that cannot be written is reported and does no further harm', async (t) => {
  const file = join(folder(t), 'a-file');
  writeFileSync(file, '');
  const { cache, events, server } = await scene(t, { directory: join(file, 'below') });
  assert.equal(codeOf(await cache.get(needed, { at })), 'ok');
  await cache.close();
  assert.deepEqual(new Set(kinds(events)), new Set(['file-ignored', 'write-failed']));
  assert.equal(codeOf(await cache.get(needed, { at })), 'ok');
  assert.equal(server.requests.length, 4);
});

test('cache files are for their owner alone', async (t) => {
  const directory = folder(t);
  const { cache } = await scene(t, { directory });
  await cache.get(needed, { at });
  await cache.close();
  assert.deepEqual(
    readdirSync(directory).map((name) => statSync(join(directory, name)).mode & 0o777),
    [0o600, 0o600, 0o600],
  );
});

describe('ahead of the next update', () => {
  test('the answer is the one at hand; behind it the new one is fetched', async (t) => {
    const { cache, server, timing, events, publish } = await scene(t, { refreshAheadSeconds: 3 * day });
    await cache.get(needed, { at });
    publish(renewed);
    timing.set(later(25));
    await cache.get(needed, { at: later(25) });
    assert.equal(server.requests.length, 4);
    timing.set(later(27));
    const before = await cache.get(needed, { at: later(27) });
    assert.ok(before.ok);
    assert.deepEqual(before.freshness?.nextUpdate, nextUpdate);
    await cache.close();
    const after = await cache.get(needed, { at: later(27) });
    assert.ok(after.ok);
    assert.deepEqual(after.freshness?.nextUpdate, later(50));
    assert.deepEqual(kinds(events), ['refreshed']);
    assert.equal(server.requests.length, 8);
  });

  test('what is old is fetched anew although it lasts: revocations are published in between', async (t) => {
    const { cache, server, timing, publish } = await scene(t, { refreshAfterSeconds: day });
    await cache.get(needed, { at });
    timing.set(later(1, -1));
    await cache.get(needed, { at: later(1) });
    await cache.close();
    assert.equal(server.requests.length, 4);
    publish(await platform.collateral({ at: later(1) }));
    timing.set(later(1));
    await cache.get(needed, { at: later(1) });
    await cache.close();
    const after = await cache.get(needed, { at: later(1) });
    assert.deepEqual(after.ok && after.freshness?.nextUpdate, later(30));
  });

  test('a refresh that fails is reported, and not tried again for a while', async (t) => {
    const { cache, server, timing, events } = await scene(t, { refreshAheadSeconds: 3 * day });
    await cache.get(needed, { at });
    server.setFaults(down);
    timing.set(later(27));
    for (const _ of [1, 2, 3]) {
      assert.equal(codeOf(await cache.get(needed, { at: later(27) })), 'ok');
      await cache.close();
    }
    assert.deepEqual(kinds(events), ['refresh-failed']);
    server.setFaults([]);
    timing.set(later(27, 301));
    await cache.get(needed, { at: later(27, 301) });
    await cache.close();
    assert.deepEqual(kinds(events), ['refresh-failed', 'refreshed']);
  });

  test('refreshDue fetches what is due and was asked for, nothing else', async (t) => {
    const { cache, server, timing, publish } = await scene(t, { refreshAheadSeconds: 3 * day });
    await cache.get(needed, { at });
    await cache.refreshDue();
    assert.equal(server.requests.length, 4);
    publish(renewed);
    timing.set(later(27));
    await cache.refreshDue();
    assert.equal(server.requests.length, 8);
    publish(await platform.collateral({ at: later(48) }));
    timing.set(later(48));
    await cache.refreshDue();
    assert.equal(server.requests.length, 8);
  });

  test('genuine but older endorsements do not replace newer ones', async (t) => {
    const { cache, timing, events, publish } = await scene(t, { refreshAheadSeconds: 3 * day });
    publish(renewed);
    await cache.get(needed, { at: later(21) });
    publish(collateral);
    timing.set(later(48));
    await cache.get(needed, { at: later(48) });
    await cache.close();
    const result = await cache.get(needed, { at: later(48) });
    assert.ok(result.ok);
    assert.deepEqual(result.freshness?.nextUpdate, later(50));
    assert.equal(events[0]?.kind, 'rollback-ignored');
  });

  test('the same bytes keep their object', async (t) => {
    const { cache, timing } = await scene(t, { refreshAheadSeconds: 3 * day });
    const first = await cache.get(needed, { at });
    timing.set(later(27));
    await cache.get(needed, { at: later(27) });
    await cache.close();
    const second = await cache.get(needed, { at: later(27) });
    assert.ok(first.ok && second.ok);
    assert.equal(first.collateral, second.collateral);
    assert.deepEqual(second.freshness?.fetchedAt, later(27));
  });
});

describe('past the next update, while the service is down', () => {
  test('within the grace the answer is stale, and says so', async (t) => {
    const { cache, server, timing, events } = await scene(t, { staleGraceSeconds: 2 * day, refreshAheadSeconds: 0 });
    await cache.get(needed, { at });
    server.setFaults(down);
    timing.set(later(30));
    const result = await cache.get(needed, { at: later(30) });
    assert.ok(result.ok);
    assert.deepEqual(result.freshness, {
      fetchedAt: at,
      nextUpdate,
      source: server.url,
      stale: true,
      graceUntil: later(31),
    });
    assert.deepEqual(kinds(events), ['stale-used']);
  });

  test('a source that hangs holds nobody up while the one at hand may be used, nor is it asked by each caller', async (t) => {
    const options = { staleGraceSeconds: 2 * day, refreshAheadSeconds: 0, staleWaitMilliseconds: 1 };
    const { cache, server, timing, events } = await scene(t, options);
    await cache.get(needed, { at });
    server.setFaults([{ kind: 'hang' }]);
    timing.set(later(30));
    const asked = server.requests.length;
    const answers = [await cache.get(needed, { at: later(30) }), await cache.get(needed, { at: later(30) })];
    assert.deepEqual(
      answers.map((answer) => answer.ok && answer.freshness?.stale),
      [true, true],
    );
    timing.passDeadlines();
    await cache.close();
    assert.ok(kinds(events).includes('refresh-failed'), kinds(events).join());
    assert.ok(server.requests.length <= asked + 4);
    const again = await cache.get(needed, { at: later(30) });
    assert.equal(again.ok && again.freshness?.stale, true);
    assert.ok(server.requests.length <= asked + 4);
  });

  test('beyond the grace the refusal of the source stands', async (t) => {
    const { cache, server, timing } = await scene(t, { staleGraceSeconds: 2 * day, refreshAheadSeconds: 0 });
    await cache.get(needed, { at });
    server.setFaults(down);
    timing.set(later(31, 1));
    assert.equal(codeOf(await cache.get(needed, { at: later(31, 1) })), 'endorsements-server-error');
  });

  test('without a grace nothing stale is given', async (t) => {
    const { cache, server, timing } = await scene(t, { refreshAheadSeconds: 0 });
    await cache.get(needed, { at });
    server.setFaults(down);
    timing.set(later(29, 1));
    assert.equal(codeOf(await cache.get(needed, { at: later(29, 1) })), 'endorsements-server-error');
  });

  test('a restart changes nothing of that', async (t) => {
    const { cache, server, timing, restart } = await scene(t, { directory: folder(t), staleGraceSeconds: 2 * day });
    await cache.get(needed, { at });
    await cache.close();
    server.setFaults(down);
    timing.set(later(30));
    const result = await restart().get(needed, { at: later(30) });
    assert.equal(result.ok && result.freshness?.stale, true);
  });

  test('the new one is used as soon as it can be had', async (t) => {
    const { cache, server, timing, publish } = await scene(t, { staleGraceSeconds: 2 * day, refreshAheadSeconds: 0 });
    await cache.get(needed, { at });
    server.setFaults(down);
    timing.set(later(30));
    await cache.get(needed, { at: later(30) });
    server.setFaults([]);
    publish(renewed);
    timing.set(later(30, 16));
    const result = await cache.get(needed, { at: later(30, 16) });
    assert.equal(result.ok && result.freshness?.stale, false);
  });
});

test('a source that gives only what is past its next update is refused beyond the grace', async (t) => {
  const { cache, timing } = await scene(t);
  timing.set(later(40));
  assert.equal(codeOf(await cache.get(needed, { at: later(40) })), 'endorsements-expired');
});

describe('a failure', () => {
  test('is the answer for a short while, then the source is asked again', async (t) => {
    const { cache, server, timing } = await scene(t, { retryAfterSeconds: 15 }, down);
    for (const _ of [1, 2, 3]) assert.equal(codeOf(await cache.get(needed, { at })), 'endorsements-server-error');
    const asked = server.requests.length;
    assert.ok(asked <= 4);
    server.setFaults([]);
    timing.set(later(0, 14));
    assert.equal(codeOf(await cache.get(needed, { at })), 'endorsements-server-error');
    assert.equal(server.requests.length, asked);
    timing.set(later(0, 15));
    assert.equal(codeOf(await cache.get(needed, { at })), 'ok');
  });

  test('of one platform is not the answer for another', async (t) => {
    const { cache } = await scene(t);
    assert.equal(codeOf(await cache.get({ ...needed, fmspc: 'ffffffffffff' }, { at })), 'endorsements-not-found');
    assert.equal(codeOf(await cache.get(needed, { at })), 'ok');
  });

  test('of a caller who gave up is not remembered', async (t) => {
    const { cache } = await scene(t);
    assert.equal(codeOf(await cache.get(needed, { at, signal: AbortSignal.abort() })), 'endorsements-cancelled');
    assert.equal(codeOf(await cache.get(needed, { at })), 'ok');
  });
});

describe('bad content never enters', () => {
  for (const [what, fault, code] of [
    ['a wrong signature', { kind: 'wrong-signature', item: 'tcb-info' }, 'endorsements-not-genuine'],
    ['truncated', { kind: 'truncated', item: 'tcb-info' }, 'endorsements-truncated'],
    ['malformed', { kind: 'body', item: 'tcb-info', body: '{}' }, 'endorsements-malformed'],
  ] as const) {
    test(`${what}: refused, nothing written, right content accepted afterwards`, async (t) => {
      const directory = folder(t);
      const { cache, server, timing } = await scene(t, { directory }, [fault]);
      assert.equal(codeOf(await cache.get(needed, { at })), code);
      await cache.close();
      assert.deepEqual(readdirSync(directory), []);
      server.setFaults([]);
      timing.set(later(0, 15));
      assert.equal(codeOf(await cache.get(needed, { at })), 'ok');
    });
  }

  test('a wrong refresh leaves the right entry', async (t) => {
    const { cache, server, timing, events } = await scene(t, { refreshAheadSeconds: 3 * day });
    await cache.get(needed, { at });
    server.setFaults([{ kind: 'wrong-signature', item: 'qe-identity' }]);
    timing.set(later(27));
    await cache.get(needed, { at: later(27) });
    await cache.close();
    assert.equal(codeOf(await cache.get(needed, { at: later(27) })), 'ok');
    assert.deepEqual(kinds(events), ['refresh-failed']);
  });

  test('whatever source it comes from', async (t) => {
    const { timing } = await scene(t);
    const forged = { ...collateral, tcbInfoSignature: new Uint8Array(64) };
    const source: IntelEndorsementSource = { get: async () => ({ ok: true, collateral: forged }) };
    const cache = createCachedSource(source, { trustAnchors, clock: timing.clock });
    assert.equal(codeOf(await cache.get(needed, { at })), 'endorsements-not-genuine');
    const other: IntelEndorsementSource = { get: async () => ({ ok: true, collateral }) };
    const wrong = createCachedSource(other, { trustAnchors, clock: timing.clock });
    assert.equal(codeOf(await wrong.get({ ...needed, ca: 'processor' }, { at })), 'endorsements-other-platform');
  });
});

test('of many platforms the one that was asked for longest ago is forgotten, on disk too', async (t) => {
  const directory = folder(t);
  const source: IntelEndorsementSource = { name: 'any', get: async () => ({ ok: true, collateral }) };
  let asked = 0;
  const counting: IntelEndorsementSource = {
    name: 'counting',
    get: (request, options) => {
      asked += 1;
      return source.get(request, options);
    },
  };
  const cache = createCachedSource(counting, { trustAnchors, clock: () => at, directory, maximumEntries: 1 });
  const chain = collateral.pckCertificateChain ?? '';
  assert.notEqual(chain, '');
  const ask = (qeId: string) => {
    const address = { qeId, cpuSvn: '02'.repeat(16), pceSvn: '0d00', pceId: '0000' };
    return cache.get({ tee: 'sgx', pckCertificate: address }, { at });
  };
  const [first, second] = ['00'.repeat(16), '11'.repeat(16)];
  await ask(first);
  await ask(second);
  await cache.close();
  assert.equal(readdirSync(directory).filter(isEntry).length, 1);
  await ask(second);
  assert.equal(asked, 2);
  await ask(first);
  assert.equal(asked, 3);
  await cache.close();
});

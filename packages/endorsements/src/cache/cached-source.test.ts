/** The cache: what is kept, what it survives, what a failure means, and that nothing unverified gets in. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { day, down, folder, isEntry, kinds, later, nextUpdate, parts, scene } from '../__fixtures__/cache.ts';
import { at, codeOf, collateral, needed, plain, trustAnchors } from '../__fixtures__/platform.ts';
import { createCachedSource, createPcsSource, type IntelEndorsementSource } from '../index.ts';

test('what was fetched is given again, the same object, without a request', async (t) => {
  const { cache, server } = await scene(t);
  const [first, second] = [await cache.get(needed, { at }), await cache.get(needed, { at })];
  assert.ok(first.ok && second.ok);
  assert.deepEqual(plain(first.value.collateral), plain(parts));
  assert.equal(first.value.collateral, second.value.collateral);
  assert.deepEqual(second.value.freshness, { fetchedAt: at, nextUpdate, source: server.url, stale: false });
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
  assert.equal(result.ok && result.value.freshness?.stale, true);
});

describe('a restart', () => {
  test('is survived by what was fetched, while the service is down', async (t) => {
    const { cache, server, restart } = await scene(t, { directory: join(folder(t), 'new') });
    await cache.get(needed, { at });
    await cache.close();
    server.setFaults(down);
    const result = await restart().get(needed, { at: later(1) });
    assert.ok(result.ok);
    assert.deepEqual(plain(result.value.collateral), plain(parts));
    assert.deepEqual(result.value.freshness, { fetchedAt: at, nextUpdate, source: server.url, stale: false });
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
    const source: IntelEndorsementSource = { get: async () => ({ ok: true, value: { collateral: forged } }) };
    const cache = createCachedSource(source, { trustAnchors, clock: timing.clock });
    assert.equal(codeOf(await cache.get(needed, { at })), 'endorsements-not-genuine');
    const other: IntelEndorsementSource = { get: async () => ({ ok: true, value: { collateral } }) };
    const wrong = createCachedSource(other, { trustAnchors, clock: timing.clock });
    assert.equal(codeOf(await wrong.get({ ...needed, ca: 'processor' }, { at })), 'endorsements-other-platform');
  });
});

test('of many platforms the one that was asked for longest ago is forgotten, on disk too', async (t) => {
  const directory = folder(t);
  const source: IntelEndorsementSource = { name: 'any', get: async () => ({ ok: true, value: { collateral } }) };
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

/** Which of several sources is believed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, codeOf, collateral, needed } from './__fixtures__/platform.ts';
import { createFallbackSource, type EndorsementCode, type IntelEndorsementSource } from './index.ts';

const fresh: IntelEndorsementSource = {
  name: 'fresh',
  get: async () => ({
    ok: true,
    value: { collateral, freshness: { fetchedAt: at, nextUpdate: at, source: 'fresh', stale: false } },
  }),
};
const stale = (name: string, graceUntil?: Date): IntelEndorsementSource => ({
  name,
  get: async () => {
    const freshness = { fetchedAt: at, nextUpdate: at, source: name, stale: true };
    return {
      ok: true,
      value: { collateral, freshness: graceUntil === undefined ? freshness : { ...freshness, graceUntil } },
    };
  },
});
const failing = (code: EndorsementCode): IntelEndorsementSource => ({
  name: code,
  get: async () => ({ ok: false, refusal: { code, where: 'test', why: 'test' } }),
});

async function chosen(...sources: IntelEndorsementSource[]): Promise<string> {
  const result = await createFallbackSource(sources).get(needed, { at });
  return result.ok ? (result.value.freshness?.source ?? 'unknown') : codeOf(result);
}

test('the first fresh answer is given, and no further source is asked', async () => {
  const never: IntelEndorsementSource = { get: () => assert.fail('asked') };
  assert.equal(await chosen(failing('bundle-no-match'), fresh, never), 'fresh');
});

test('a fresh answer goes before a stale one', async () => {
  assert.equal(await chosen(stale('old file'), fresh), 'fresh');
});

test('without a fresh answer a stale one is given, first of all one that may be used', async () => {
  assert.equal(await chosen(stale('old file'), failing('bundle-no-match')), 'old file');
  assert.equal(await chosen(stale('old file'), stale('cache', at)), 'cache');
  assert.equal(await chosen(stale('first', at), stale('second', at)), 'first');
});

test('without any answer the last refusal stands', async () => {
  assert.equal(
    await chosen(failing('bundle-no-match'), failing('endorsements-unreachable')),
    'endorsements-unreachable',
  );
  assert.equal(await chosen(), 'endorsements-unavailable');
});

test('that a source knows nothing of the platform hides no failure of another', async () => {
  const [noMatch, notFound] = [failing('bundle-no-match'), failing('endorsements-not-found')];
  const unreachable = failing('endorsements-unreachable');
  assert.equal(await chosen(unreachable, noMatch), 'endorsements-unreachable');
  assert.equal(await chosen(noMatch, unreachable, notFound), 'endorsements-unreachable');
  assert.equal(await chosen(noMatch, notFound), 'endorsements-not-found');
  assert.equal(await chosen(failing('endorsements-not-genuine'), unreachable), 'endorsements-unreachable');
});

test('a caller who gave up is not kept waiting for the rest', async () => {
  const controller = new AbortController();
  const source = failing('endorsements-cancelled');
  const aborting: IntelEndorsementSource = {
    get: (request, options) => {
      controller.abort();
      return source.get(request, options);
    },
  };
  const never: IntelEndorsementSource = { get: () => assert.fail('asked') };
  const both = createFallbackSource([aborting, never]);
  assert.equal(codeOf(await both.get(needed, { at, signal: controller.signal })), 'endorsements-cancelled');
});

test('the name tells the sources', () => {
  assert.equal(createFallbackSource([fresh, failing('endorsements-limited')]).name, 'fresh, endorsements-limited');
});

/** A verified source gives nothing that was not verified, verifies each object once, and says whether it may still serve. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IntelCollateral } from '@atesto/evidence/advanced';
import { at, codeOf, collateral, needed, trustAnchors } from './__fixtures__/platform.ts';
import { createVerifiedIntelSource, type IntelEndorsementSource, isUsable } from './index.ts';

const sourceOf = (given: IntelCollateral): IntelEndorsementSource => ({
  name: 'a file',
  get: async () => ({ ok: true, value: { collateral: given } }),
});
const later = (days: number): Date => new Date(at.getTime() + days * 86_400_000);

test('genuine collateral is given verified, the same object for the same collateral', async () => {
  const source = createVerifiedIntelSource(sourceOf(collateral), { trustAnchors });
  const [one, other] = [await source.get(needed, { at }), await source.get(needed, { at })];
  assert.ok(one.ok && other.ok);
  assert.equal(one.value.collateral.tcbInfo.fmspc, needed.fmspc);
  assert.equal(one.value.collateral, other.value.collateral);
});

test('collateral that is not genuine is refused with the code of the evidence package', async () => {
  const forged = { ...collateral, tcbInfoSignature: new Uint8Array(64) };
  const source = createVerifiedIntelSource(sourceOf(forged), { trustAnchors });
  assert.equal(codeOf(await source.get(needed, { at })), 'collateral-signature');
});

test('the same collateral is refused under other roots: what was verified under some is not trusted under others', async () => {
  const trusting = createVerifiedIntelSource(sourceOf(collateral), { trustAnchors });
  assert.equal(codeOf(await trusting.get(needed, { at })), 'ok');
  assert.equal(
    codeOf(await createVerifiedIntelSource(sourceOf(collateral)).get(needed, { at })),
    'chain-root-untrusted',
  );
});

test('freshness is judged at the time of each request, by the dates that were verified', async () => {
  const source = createVerifiedIntelSource(sourceOf(collateral), { trustAnchors, graceSeconds: 2 * 86_400 });
  const seen = [];
  for (const days of [0, 31, 40]) {
    const result = await source.get(needed, { at: later(days) });
    assert.ok(result.ok && result.value.freshness !== undefined);
    seen.push([result.value.freshness.stale, isUsable(result.value.freshness)]);
  }
  assert.deepEqual(seen, [
    [false, true],
    [true, true],
    [true, false],
  ]);
});

/** A platform that names itself anew each time pushes nobody else out: not from memory, not from disk. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createSimulatedPlatform } from '@atesto/testing/sgx';
import { at, codeOf, collateral, needed, platform, trustAnchors } from '../__fixtures__/platform.ts';
import { createCachedSource, type IntelEndorsementRequest, type IntelEndorsementSource } from '../index.ts';

/** The same platform under another ciphertext of its PPID. */
const named = (number: number): IntelEndorsementRequest => ({
  tee: 'sgx',
  pckCertificate: {
    qeId: '00'.repeat(16),
    encryptedPpid: number.toString(16).padStart(768, '0'),
    cpuSvn: '02'.repeat(16),
    pceSvn: '0d00',
    pceId: '0000',
  },
});

/** A cache of few entries over a source that counts. */
function scene(t: TestContext, give: (request: IntelEndorsementRequest) => typeof collateral = () => collateral) {
  const directory = mkdtempSync(join(tmpdir(), 'atesto-cache-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  let asked = 0;
  const source: IntelEndorsementSource = {
    name: 'counting',
    get: async (request) => {
      asked += 1;
      return { ok: true, value: { collateral: give(request) } };
    },
  };
  const open = () => createCachedSource(source, { trustAnchors, clock: () => at, directory, maximumEntries: 12 });
  return { open, directory, asked: () => asked };
}

test('names of platforms do not push out the collateral that all platforms share', async (t) => {
  const { open, asked } = scene(t);
  const cache = open();
  assert.equal(codeOf(await cache.get(needed, { at })), 'ok');
  for (let number = 0; number < 30; number++) await cache.get(named(number), { at });
  await cache.close();
  const before = asked();
  for (const each of [cache, open()]) assert.equal(codeOf(await each.get(needed, { at })), 'ok');
  assert.equal(asked(), before);
});

test('names of one platform do not push out another platform', async (t) => {
  const other = await createSimulatedPlatform({ at, fmspc: '00a5a5000000', keys: platform.keys });
  const { pckCertificateChain = '' } = await other.collateral();
  const isOther = (request: IntelEndorsementRequest): boolean =>
    'pckCertificate' in request && request.pckCertificate.qeId === '11'.repeat(16);
  const { open, directory, asked } = scene(t, (request) =>
    isOther(request) ? { ...collateral, pckCertificateChain } : collateral,
  );
  const address = { qeId: '11'.repeat(16), cpuSvn: '02'.repeat(16), pceSvn: '0d00', pceId: '0000' };
  const others: IntelEndorsementRequest = { tee: 'sgx', pckCertificate: address };
  const cache = open();
  assert.equal(codeOf(await cache.get(others, { at })), 'ok');
  for (let number = 0; number < 30; number++) await cache.get(named(number), { at });
  await cache.close();
  const before = asked();
  for (const each of [cache, open()]) assert.equal(codeOf(await each.get(others, { at })), 'ok');
  assert.equal(asked(), before);
  assert.equal(readdirSync(directory).filter((name) => name.startsWith('intel-')).length, 9);
});

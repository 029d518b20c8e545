/** AMD's endorsements: from the service over HTTP, from a mirror of it on disk, and through a cache. */

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { type KdsFault, startKdsServer } from '@atesto/testing/servers';
import { createSimulatedSnpPlatform, generateAmdKeys } from '@atesto/testing/sevsnp';
import { appraiseReport } from '../__fixtures__/appraise-report.ts';
import { codeOf } from '../__fixtures__/platform.ts';
import { createFakeTiming, deadlineMilliseconds } from '../__fixtures__/timing.ts';
import {
  createKdsDirectorySource,
  createKdsSource,
  createSnpCachedSource,
  type SnpEndorsementRequest,
  type SnpEndorsementSource,
  type VcekRequest,
} from '../index.ts';

const at = new Date('2026-06-01T12:00:00Z');
const day = 24 * 3600 * 1000;
const keys = await generateAmdKeys(2048);
const tcb = { bootLoader: 4, tee: 0, snp: 24, microcode: 219 };
const chipId = 'ab'.repeat(64);
const platform = await createSimulatedSnpPlatform({ at, keys, chipId, tcb });
const trustAnchors = [{ name: 'simulator', spkiSha256: platform.rootFingerprint, development: true }];
const vcek: VcekRequest = { signingKey: 'VCEK', product: 'Milan', chipId, reportedTcb: tcb };
const vlek = { signingKey: 'VLEK', product: 'Milan', certificate: platform.certificates.vlek } as const;

async function serve(t: TestContext, faults: KdsFault[] = []) {
  const timing = createFakeTiming(at);
  const server = await startKdsServer({ contents: platform, faults });
  const source = createKdsSource({
    baseUrl: server.url,
    trustAnchors,
    timing,
    retries: 1,
    timeoutSeconds: deadlineMilliseconds / 1000,
  });
  t.after(async () => {
    await source.close();
    await server.close();
  });
  return { server, source, timing };
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'atesto-kds-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function appraises(source: SnpEndorsementSource, signingKey: 'VCEK' | 'VLEK'): Promise<string> {
  const result = await source.get(signingKey === 'VCEK' ? vcek : vlek, { at });
  assert.ok(result.ok, JSON.stringify(result));
  return codeOf(appraiseReport(platform.report({ signingKey }), result.value.collateral, at, trustAnchors));
}

describe('the key distribution service', () => {
  test('gives what an appraisal under a VCEK needs', async (t) => {
    const { server, source } = await serve(t);
    assert.equal(await appraises(source, 'VCEK'), 'ok');
    const path = `/vcek/v1/Milan/${chipId}?blSPL=04&teeSPL=00&snpSPL=24&ucodeSPL=219`;
    assert.deepEqual(server.requests.toSorted(), [path, '/vcek/v1/Milan/cert_chain', '/vcek/v1/Milan/crl'].toSorted());
  });

  test('gives what belongs to a VLEK that the evidence brought', async (t) => {
    const { server, source } = await serve(t);
    assert.equal(await appraises(source, 'VLEK'), 'ok');
    assert.deepEqual(server.requests.toSorted(), ['/vlek/v1/Milan/cert_chain', '/vlek/v1/Milan/crl']);
  });

  test('is asked for a VCEK once, for its chain and list again after ten minutes', async (t) => {
    const { server, source, timing } = await serve(t);
    await source.get(vcek, { at });
    timing.set(new Date(at.getTime() + 599_000));
    await source.get(vcek, { at });
    assert.equal(server.requests.length, 3);
    timing.set(new Date(at.getTime() + 600_000));
    await source.get(vcek, { at });
    assert.equal(server.requests.filter((path) => path.includes(chipId)).length, 1);
    assert.equal(server.requests.length, 5);
  });

  test('is not asked for each certificate that a stranger makes up', async (t) => {
    const { server, source } = await serve(t);
    for (let made = 0; made < 3; made += 1) {
      const stranger = await platform.reissue({ vcek: { signWith: keys.vcek } });
      const request = { signingKey: 'VCEK', product: 'Milan', certificate: stranger.certificates.vcek } as const;
      assert.equal(codeOf(await source.get(request, { at })), 'supplied-certificate-not-genuine');
    }
    assert.deepEqual(server.requests.toSorted(), ['/vcek/v1/Milan/cert_chain', '/vcek/v1/Milan/crl']);
  });

  test('is asked again after the pause that it wants', async (t) => {
    const { source, timing } = await serve(t, [
      { kind: 'status', status: 429, item: 'vcek', times: 1, retryAfterSeconds: 10 },
    ]);
    assert.equal(codeOf(await source.get(vcek, { at })), 'ok');
    assert.deepEqual(timing.pauses, [10_000]);
  });

  for (const [what, fault, code] of [
    ['an unknown chip', { kind: 'status', status: 404, item: 'vcek' }, 'endorsements-not-found'],
    ['an address without the service', { kind: 'status', status: 404 }, 'endorsements-request-refused'],
    ['a service without lists', { kind: 'status', item: 'crl', status: 404 }, 'endorsements-request-refused'],
    ['requests that come too fast', { kind: 'status', status: 429, item: 'vcek' }, 'endorsements-throttled'],
    ['a failure', { kind: 'status', status: 500 }, 'endorsements-server-error'],
    ['a truncated list', { kind: 'truncated', item: 'crl' }, 'endorsements-truncated'],
    ['a certificate with a wrong signature', { kind: 'wrong-signature', item: 'vcek' }, 'endorsements-not-genuine'],
    ['a list with a wrong signature', { kind: 'wrong-signature', item: 'crl' }, 'endorsements-not-genuine'],
    ['a chain that is none', { kind: 'body', item: 'cert-chain', body: '<html>' }, 'endorsements-not-genuine'],
  ] as const) {
    test(`${what}: ${code}`, async (t) => {
      const { source } = await serve(t, [fault]);
      assert.equal(codeOf(await source.get(vcek, { at })), code);
    });
  }

  for (const [what, other] of [
    ['chip', { chipId: 'cd'.repeat(64) }],
    ['TCB version', { reportedTcb: { ...tcb, microcode: 218 } }],
  ] as const) {
    test(`the genuine certificate of another ${what}: endorsements-other-platform`, async (t) => {
      const { source } = await serve(t, [{ kind: 'wrong-platform' }]);
      assert.equal(codeOf(await source.get({ ...vcek, ...other }, { at })), 'endorsements-other-platform');
    });
  }

  test('a chip that hides, or an id of another length, is not asked for', async (t) => {
    const { server, source } = await serve(t);
    for (const hidden of ['00'.repeat(64), 'ab'.repeat(8), '../'.repeat(43).slice(0, 128)]) {
      assert.equal(codeOf(await source.get({ ...vcek, chipId: hidden }, { at })), 'vcek-not-addressable');
    }
    assert.deepEqual(server.requests, []);
  });

  test('a Turin chip is asked for by 8 bytes, with the level of its FMC', async (t) => {
    const { server, source } = await serve(t);
    const reportedTcb = { fmc: 1, ...tcb };
    await source.get({ ...vcek, product: 'Turin', chipId, reportedTcb }, { at });
    const query = 'blSPL=04&teeSPL=00&snpSPL=24&ucodeSPL=219&fmcSPL=01';
    assert.equal(server.requests[0], `/vcek/v1/Turin/${'ab'.repeat(8)}?${query}`);
  });
});

test('a mirror on disk is as good as the service; an older list than one that was seen is not taken for any chip', async (t) => {
  const directory = folder(t);
  const { ask, ark, vcek: pem } = platform.certificates;
  const write = (path: string, bytes: string | Uint8Array): void => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), bytes);
  };
  const source = createKdsDirectorySource({ directory, trustAnchors });
  assert.equal(codeOf(await source.get(vcek, { at })), 'bundle-no-match');
  write(`vcek/v1/Milan/${chipId}?blSPL=04&teeSPL=00&snpSPL=24&ucodeSPL=219`, new X509Certificate(pem).raw);
  write('vcek/v1/Milan/cert_chain', ask + ark);
  write('vcek/v1/Milan/crl', await platform.revocationList());
  assert.equal(await appraises(source, 'VCEK'), 'ok');

  const listOf = async (request: SnpEndorsementRequest) => {
    const result = await source.get(request, { at });
    return result.ok ? result.value.collateral.revocationList : result.refusal.code;
  };
  const newer = await platform.revocationList({ crl: { thisUpdate: at } });
  write('vcek/v1/Milan/crl', newer);
  assert.deepEqual(await listOf(vcek), newer);
  write('vcek/v1/Milan/crl', await platform.revocationList());
  const another = { signingKey: 'VCEK', product: 'Milan', certificate: pem } as const;
  assert.deepEqual([await listOf(vcek), await listOf(another)], [newer, newer]);
});

test('a mirror has a product’s list for either kind of key; the authorities may come with the evidence', async (t) => {
  const directory = folder(t);
  const { ark, ask, asvk, vcek: pem } = platform.certificates;
  mkdirSync(join(directory, 'vlek/v1/Milan'), { recursive: true });
  const source = createKdsDirectorySource({ directory, trustAnchors });
  const request = { signingKey: 'VCEK', product: 'Milan', certificate: pem, authorityChain: ask + ark } as const;
  assert.equal(codeOf(await source.get(request, { at })), 'bundle-no-match');
  writeFileSync(join(directory, 'vlek/v1/Milan/crl'), await platform.revocationList());
  assert.equal(codeOf(await source.get(request, { at })), 'ok');
  assert.equal(
    codeOf(await source.get({ ...request, authorityChain: ark }, { at })),
    'supplied-certificate-not-genuine',
  );
  assert.equal(codeOf(await source.get({ ...vlek, authorityChain: asvk + ark }, { at })), 'ok');
  assert.equal(codeOf(await source.get(vlek, { at })), 'bundle-no-match');
  mkdirSync(join(directory, 'vcek/v1/Milan/crl'), { recursive: true });
  assert.equal(codeOf(await source.get(request, { at })), 'bundle-unreadable');
});

describe('a cache before it', () => {
  test('survives a restart while the service is down, for both kinds of key', async (t) => {
    const directory = folder(t);
    const { server, source, timing } = await serve(t);
    const open = () => createSnpCachedSource(source, { directory, trustAnchors, clock: timing.clock });
    const cache = open();
    await cache.get(vcek, { at });
    await cache.get(vlek, { at });
    await cache.close();
    assert.equal(readdirSync(directory).filter((name) => name.startsWith('snp-endorsements-')).length, 2);
    server.setFaults([{ kind: 'status', status: 503 }]);
    const asked = server.requests.length;
    const next = open();
    assert.equal(await appraises(next, 'VCEK'), 'ok');
    assert.equal(await appraises(next, 'VLEK'), 'ok');
    assert.equal(server.requests.length, asked);
  });

  test('asks for the list again when it is a day old, and not for the certificate', async (t) => {
    const { server, source, timing } = await serve(t);
    const cache = createSnpCachedSource(source, { trustAnchors, clock: timing.clock });
    await cache.get(vcek, { at });
    const later = new Date(at.getTime() + day);
    timing.set(later);
    await cache.get(vcek, { at: later });
    await cache.close();
    assert.equal(server.requests.filter((path) => path.includes(chipId)).length, 1);
    assert.equal(server.requests.length, 5);
  });

  test('refuses what was not verified, whatever source it comes from', async () => {
    const unchecked: SnpEndorsementSource = {
      get: async () => ({
        ok: true,
        value: {
          collateral: {
            certificate: platform.certificates.vcek,
            authorityChain: platform.certificates.ask + platform.certificates.ark,
            revocationList: 'unchecked',
          },
        },
      }),
    };
    const cache = createSnpCachedSource(unchecked, { trustAnchors, clock: () => at });
    assert.equal(codeOf(await cache.get(vcek, { at })), 'endorsements-malformed');
  });
});

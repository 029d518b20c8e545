/** Quotes whose certification data is not a PCK chain: their PCK certificate comes with the endorsements (types 1 to 3), or alone (type 4). */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { stateDirectory } from '@atesto/store/testing';
import type { PcsServer } from '@atesto/testing/servers';
import { collateralToJson, createSimulatedPlatform } from '@atesto/testing/sgx';
import { readVector, vectorsMissing } from '@atesto/vectors';
import { base64url, claimsOf, collateral, platform, quoteOf, refusalOf } from '../__fixtures__/enclave.ts';
import { endorsementCaFile, servePcs } from '../__fixtures__/endorsement-service.ts';
import { serve, type TestService } from '../__fixtures__/service.ts';

const provider = { trustAnchors: [platform.rootFingerprint] };

function serveFrom(pcs: PcsServer, service: 'pcs' | 'pccs'): Promise<TestService> {
  return serve({ provider, endorsements: { intel: { url: pcs.url, caFile: endorsementCaFile, service } } });
}

function pckRequests(pcs: PcsServer): string[] {
  return pcs.requests.filter((path) => path.includes('/pckcert?'));
}

const expectedClaims = claimsOf(
  await (await serveFrom(await servePcs({ collateral }), 'pcs')).attest('SgxEnclave', { quote: quoteOf() }),
);

function assertSameEnclave(claims: Record<string, unknown>): void {
  for (const name of ['x-ms-sgx-mrenclave', 'x-ms-sgx-mrsigner', 'x-ms-sgx-product-id', 'x-ms-sgx-svn']) {
    assert.deepEqual(claims[name], expectedClaims[name], name);
  }
}

describe('a PCCS gives the PCK certificate by the id of the quoting enclave', async () => {
  const pcs = await servePcs({ collateral, dialect: 'pccs' });
  const service = await serveFrom(pcs, 'pccs');
  for (const type of [1, 2, 3]) {
    test(`for certification data of type ${type}`, async () => {
      const before = pckRequests(pcs).length;
      const answer = await service.attest('SgxEnclave', { quote: quoteOf({ certification: { type } }) });
      assertSameEnclave(claimsOf(answer));
      const asked = pckRequests(pcs).slice(before);
      for (const path of asked) assert.match(path, /qeid=[0-9a-f]{32}&.*cpusvn=[0-9a-f]{32}&pcesvn=[0-9a-f]{4}&pceid=/);
      // Types 1 and 2 name the platform in the same words, so that the second finds it in the cache.
      assert.equal(asked.length, type === 2 ? 0 : 1);
    });
  }
});

describe('Intel’s service gives the PCK certificate by a PPID of RSA-3072', async () => {
  const pcs = await servePcs({ collateral });
  const service = await serveFrom(pcs, 'pcs');
  test('for certification data of type 3', async () => {
    const answer = await service.attest('SgxEnclave', { quote: quoteOf({ certification: { type: 3 } }) });
    assertSameEnclave(claimsOf(answer));
    assert.match(pckRequests(pcs).join(), /encrypted_ppid=[0-9a-f]{768}&/);
  });

  for (const type of [1, 2]) {
    test(`and for no other: type ${type} is refused`, async () => {
      const answer = await service.attest('SgxEnclave', { quote: quoteOf({ certification: { type } }) });
      assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', 'pck-certificate-not-addressable']);
    });
  }
});

describe('a bundle with the PCK certificate serves', async () => {
  const path = join(stateDirectory(), 'bundle.json');
  writeFileSync(path, JSON.stringify(collateralToJson(collateral)));
  const service = await serve({ provider, endorsements: { intel: { bundle: path } } });
  for (const type of [1, 2, 3, 4, 5]) {
    test(`certification data of type ${type}`, async () => {
      const answer = await service.attest('SgxEnclave', { quote: quoteOf({ certification: { type } }) });
      assertSameEnclave(claimsOf(answer));
    });
  }

  test('no platform whose certificate it does not have', async () => {
    const other = await createSimulatedPlatform({ at: new Date(), pck: { tcbComponentSvns: Array(16).fill(9) } });
    const answer = await service.attest('SgxEnclave', {
      quote: base64url(other.quote({ certification: { type: 3 } })),
    });
    assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', 'bundle-no-match']);
  });
});

test('of several machines with the same versions in a bundle each gets its own PCK certificate', async () => {
  const { root, pckCa, tcbSigning } = platform.keys;
  const machines = [platform];
  for (let count = 0; count < 2; count++) {
    machines.push(await createSimulatedPlatform({ at: platform.at, keys: { root, pckCa, tcbSigning } }));
  }
  const bundle = stateDirectory();
  for (const [index, machine] of machines.entries()) {
    writeFileSync(join(bundle, `${index}.json`), JSON.stringify(collateralToJson(await machine.collateral())));
  }
  const service = await serve({ provider, endorsements: { intel: { bundle } } });
  for (const machine of machines) {
    const answer = await service.attest('SgxEnclave', {
      quote: base64url(machine.quote({ certification: { type: 3 } })),
    });
    assertSameEnclave(claimsOf(answer));
  }
});

test('quotes of trust domains are looked up in the same way, with the collateral of their own technology', async () => {
  const tdx = await platform.collateral({ tee: 'tdx' });
  const pcs = await servePcs({ collateral: tdx, dialect: 'pccs' });
  const service = await serveFrom(pcs, 'pccs');
  for (const type of [1, 2, 3, 4, 5]) {
    const answer = await service.attest('TdxVm', { quote: base64url(platform.tdxQuote({ certification: { type } })) });
    assert.equal(claimsOf(answer)['x-ms-attestation-type'], 'tdxvm', `type ${type}`);
  }
  const paths = new Set(pcs.requests.map((path) => path.split('?', 1)[0]));
  assert.deepEqual([...paths].toSorted(), [
    '/sgx/certification/v4/pckcert',
    '/sgx/certification/v4/pckcrl',
    '/sgx/certification/v4/rootcacrl',
    '/tdx/certification/v4/qe/identity',
    '/tdx/certification/v4/tcb',
  ]);
});

test('type 4, the leaf alone, is completed by the authority of the revocation list', async () => {
  const pcs = await servePcs({ collateral });
  const service = await serveFrom(pcs, 'pcs');
  const answer = await service.attest('SgxEnclave', { quote: quoteOf({ certification: { type: 4 } }) });
  assertSameEnclave(claimsOf(answer));
  assert.deepEqual(pckRequests(pcs), []);
});

describe('a certificate that comes for another platform is refused', async () => {
  const stranger = await createSimulatedPlatform({ at: new Date() });
  test('when its authority is another', async () => {
    const { pckCertificateChain } = await stranger.collateral();
    assert.notEqual(pckCertificateChain, undefined);
    const pcs = await servePcs({ collateral: { ...collateral, pckCertificateChain: pckCertificateChain ?? '' } });
    const service = await serveFrom(pcs, 'pcs');
    const answer = await service.attest('SgxEnclave', { quote: quoteOf({ certification: { type: 3 } }) });
    assert.deepEqual(refusalOf(answer), [503, 'ServiceUnavailable', 'endorsements-not-genuine']);
  });

  test('when the service does not know the platform', async () => {
    const { pckCertificateChain: _, ...without } = collateral;
    const pcs = await servePcs({ collateral: without });
    const service = await serveFrom(pcs, 'pcs');
    const answer = await service.attest('SgxEnclave', { quote: quoteOf({ certification: { type: 3 } }) });
    assert.equal(answer.status === 200, false);
    assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', 'endorsements-not-found']);
  });
});

test('Intel’s own sample of type 1, which ends before the PCEID, is refused', {
  skip: vectorsMissing('sgx', 'parse-only', 'certification-type-1'),
}, async () => {
  const service = await serveFrom(await servePcs({ collateral, dialect: 'pccs' }), 'pccs');
  const quote = base64url(readVector('sgx', 'parse-only', 'certification-type-1', 'evidence.bin'));
  const answer = await service.attest('SgxEnclave', { quote });
  assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', 'pck-certificate-not-addressable']);
});

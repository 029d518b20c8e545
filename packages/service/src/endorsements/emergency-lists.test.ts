/** A revocation list that is published in an emergency counts, whatever other lists a source has, lasts longer or came later. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import type { IntelCollateral } from '@atesto/evidence/advanced';
import { stateDirectory } from '@atesto/store/testing';
import { createSimulatedSnpPlatform, generateAmdKeys } from '@atesto/testing/sevsnp';
import { type CollateralOverrides, collateralToJson, createSimulatedPlatform } from '@atesto/testing/sgx';
import { base64url, claimsOf, refusalOf } from '../__fixtures__/enclave.ts';
import { endorsementCaFile, serveKds, servePcs } from '../__fixtures__/endorsement-service.ts';
import { serve, type TestService } from '../__fixtures__/service.ts';
import type { ServiceSettings } from '../config/schema.ts';

const at = new Date('2026-06-01T12:00:00Z');
const later = (days: number): Date => new Date(at.getTime() + days * 86_400_000);
const intel = await createSimulatedPlatform({ at });
const amd = await createSimulatedSnpPlatform({ at, keys: await generateAmdKeys(2048) });
const serialOf = (pem: string): string => new X509Certificate(pem).serialNumber;
const revoked = 'certificate-revoked';

/** In force for one more day: shorter than last month's. */
const emergency = { thisUpdate: later(-1), nextUpdate: later(1) };
const lastMonth = { thisUpdate: later(-20), nextUpdate: later(60) };
const tomorrow = { thisUpdate: later(1), nextUpdate: later(31) };

function filesIn(files: Record<string, string | Uint8Array>): string {
  const directory = stateDirectory();
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), bytes);
  }
  return directory;
}

interface Scene {
  readonly service: TestService;
  turnTo(days: number): void;
}

/** @param days after {@link at}, at which it starts: a store refuses clocks that went back */
async function open(
  endorsements: ServiceSettings['endorsements'],
  directory = stateDirectory(),
  days = 0,
): Promise<Scene> {
  let now = later(days);
  const service = await serve(
    {
      stateDirectory: directory,
      provider: { trustAnchors: [intel.rootFingerprint, amd.rootFingerprint] },
      ...(endorsements === undefined ? {} : { endorsements }),
    },
    { clock: () => now },
  );
  const turnTo = (days: number): void => {
    now = later(days);
  };
  return { service, turnTo };
}

const kinds = {
  sgx: { operation: 'SgxEnclave', evidence: { quote: base64url(intel.quote()) } },
  tdx: { operation: 'TdxVm', evidence: { quote: base64url(intel.tdxQuote()) } },
  snp: { operation: 'SevSnpVm', evidence: { report: base64url(amd.report()) } },
} as const;

/** `accepted`, or the code of the refusal. */
async function verdictOn({ service }: Scene, kind: keyof typeof kinds): Promise<string> {
  const { operation, evidence } = kinds[kind];
  const answer = await service.attest(operation, evidence);
  return answer.status === 200 ? 'accepted' : refusalOf(answer)[2];
}

const collateralOf = (tee: 'sgx' | 'tdx', overrides: CollateralOverrides): Promise<IntelCollateral> =>
  intel.collateral({ tee, ...overrides });

async function bundleOf(tee: 'sgx' | 'tdx', ...sets: readonly CollateralOverrides[]): Promise<string> {
  const files = await Promise.all(
    sets.map(async (set, index) => {
      const { pckCertificateChain: _, ...collateral } = await collateralOf(tee, set);
      return [`${index}.json`, JSON.stringify(collateralToJson(collateral))] as const;
    }),
  );
  return filesIn(Object.fromEntries(files));
}

describe('files of Intel’s collateral', () => {
  const pck = { revoked: [serialOf(intel.certificates.pck)] };
  const pckCa = { revoked: [serialOf(intel.certificates.pckCa)] };
  const tcbSigner = { revoked: [serialOf(intel.certificates.tcbSigning)] };
  const longLived = { at: later(10), pckCrl: lastMonth, rootCaCrl: lastMonth };

  for (const tee of ['sgx', 'tdx'] as const) {
    for (const [what, list] of [
      ['the PCK certificate', { pckCrl: { ...emergency, ...pck } }],
      ['the PCK authority', { rootCaCrl: { ...emergency, ...pckCa } }],
      ['the signer of TCB information', { rootCaCrl: { ...emergency, ...tcbSigner } }],
    ] as const) {
      test(`${tee}: a newer list of shorter life that revokes ${what} wins over last month’s`, async () => {
        const usual = { pckCrl: lastMonth, rootCaCrl: lastMonth };
        const scene = await open({ intel: { bundle: await bundleOf(tee, usual, { ...usual, ...list }) } });
        assert.equal(await verdictOn(scene, tee), revoked);
        const control = await open({ intel: { bundle: await bundleOf(tee, usual, usual) } });
        assert.equal(await verdictOn(control, tee), 'accepted');
      });
    }
  }

  test('a list that has expired still revokes, and the older one that lasts longer does not win again', async () => {
    const usual = { at: later(10), rootCaCrl: lastMonth, tcbInfo: { issueDate: '2026-05-01T00:00:00Z' } };
    const identity = { qeIdentity: { issueDate: '2026-05-01T00:00:00Z' } };
    const bundle = await bundleOf(
      'sgx',
      { ...usual, ...identity, pckCrl: lastMonth },
      { ...usual, ...identity, pckCrl: { ...emergency, ...pck } },
    );
    for (const [staleGraceSeconds, code] of [
      [0, 'collateral-expired'],
      [30 * 86_400, revoked],
    ] as const) {
      const scene = await open({ intel: { bundle, staleGraceSeconds } });
      scene.turnTo(5);
      assert.equal(await verdictOn(scene, 'sgx'), code);
    }
  });

  test('a list of tomorrow revokes today, and supplies no dates', async () => {
    const harmless = await open({ intel: { bundle: await bundleOf('sgx', {}, { pckCrl: tomorrow }) } });
    assert.equal(await verdictOn(harmless, 'sgx'), 'accepted');
    const bundle = await bundleOf('sgx', {}, { pckCrl: { ...tomorrow, ...pck } });
    assert.equal(await verdictOn(await open({ intel: { bundle } }), 'sgx'), revoked);
  });

  test('a list in the file of another platform family counts', async () => {
    const other = { tcbInfo: { fmspc: '0123456789ab' }, pckCrl: { ...emergency, ...pck } };
    assert.equal(await verdictOn(await open({ intel: { bundle: await bundleOf('sgx', {}, other) } }), 'sgx'), revoked);
  });

  test('newer TCB information wins over older, although all else beside the older lasts longer', async () => {
    const newer = { tcbStatus: 'OutOfDate', pckCrl: emergency };
    const issueDate = '2026-05-01T00:00:00Z';
    const older = { ...longLived, tcbInfo: { issueDate }, qeIdentity: { issueDate } };
    const scene = await open({ intel: { bundle: await bundleOf('sgx', older, newer) } });
    assert.equal(await verdictOn(scene, 'sgx'), 'baseline-tcb-status');
    const control = await open({ intel: { bundle: await bundleOf('sgx', older) } });
    assert.equal(await verdictOn(control, 'sgx'), 'accepted');
  });
});

describe('a certification service', () => {
  const pck = { revoked: [serialOf(intel.certificates.pck)] };
  const pckCa = { revoked: [serialOf(intel.certificates.pckCa)] };
  /** Due so soon that it is fetched anew, behind the answers. */
  const soonDue = { thisUpdate: later(-20), nextUpdate: later(4) };
  const usual = { at: later(5), pckCrl: soonDue, rootCaCrl: soonDue };

  for (const [what, list] of [
    ['the PCK certificate', { pckCrl: { ...emergency, ...pck } }],
    ['the PCK authority, with which the set as a whole is refused', { rootCaCrl: { ...emergency, ...pckCa } }],
  ] as const) {
    test(`that gave a list once cannot take it back, across a restart either: ${what}`, async () => {
      const old = { tcbInfo: { issueDate: '2026-05-25T00:00:00Z' }, qeIdentity: { issueDate: '2026-05-25T00:00:00Z' } };
      let published = await collateralOf('sgx', { ...usual, ...old });
      const pcs = await servePcs({ collateral: () => published });
      const settings = { intel: { url: pcs.url, caFile: endorsementCaFile, staleGraceSeconds: 90 * 86_400 } };
      const directory = stateDirectory();
      const scene = await open(settings, directory);
      assert.equal(await verdictOn(scene, 'sgx'), 'accepted');
      published = await collateralOf('sgx', { ...usual, ...old, ...list });
      await scene.service.close();
      const other = await open(settings, directory);
      other.turnTo(1.5);
      for (let tries = 0; tries < 2000 && (await verdictOn(other, 'sgx')) !== revoked; tries++) {
        await new Promise(setImmediate);
      }
      assert.equal(await verdictOn(other, 'sgx'), revoked);
      published = await collateralOf('sgx', { ...usual, ...old });
      other.turnTo(3);
      await verdictOn(other, 'sgx');
      assert.equal(await verdictOn(other, 'sgx'), revoked);
      await other.service.close();
      const restarted = await open(settings, directory, 3.5);
      assert.equal(await verdictOn(restarted, 'sgx'), revoked);
    });
  }
});

describe('AMD’s lists', () => {
  const { ark, ask, asvk, vcek } = amd.certificates;
  const ofAsk = { revoked: [serialOf(ask)] };
  const certificates = { 'vcek.pem': vcek, 'milan.pem': ask + asvk + ark };

  test('in a directory: a newer list of shorter life wins, and goes on revoking once it has expired', async () => {
    const files = {
      'a.crl': await amd.revocationList({ crl: lastMonth }),
      'b.crl': await amd.revocationList({ crl: { ...emergency, ...ofAsk } }),
    };
    const bundle = filesIn({ ...certificates, ...files });
    const scene = await open({ amd: { bundle } });
    assert.equal(await verdictOn(scene, 'snp'), revoked);
    scene.turnTo(5);
    assert.equal(await verdictOn(scene, 'snp'), 'collateral-expired');
    const lenient = await open({ amd: { bundle, staleGraceSeconds: 30 * 86_400 } });
    lenient.turnTo(5);
    assert.equal(await verdictOn(lenient, 'snp'), revoked);
    const control = await open({ amd: { bundle: filesIn({ ...certificates, 'a.crl': files['a.crl'] }) } });
    assert.equal(await verdictOn(control, 'snp'), 'accepted');
  });

  test('in a directory: a list of tomorrow revokes today', async () => {
    const files = {
      'a.crl': await amd.revocationList(),
      'b.crl': await amd.revocationList({ crl: { ...tomorrow, ...ofAsk } }),
    };
    assert.equal(
      await verdictOn(await open({ amd: { bundle: filesIn({ ...certificates, ...files }) } }), 'snp'),
      revoked,
    );
  });

  test('in a mirror: the list of the other kind of key counts', async () => {
    const { chipId, tcb } = amd.state;
    const query = `blSPL=0${tcb.bootLoader}&teeSPL=0${tcb.tee}&snpSPL=${tcb.snp}&ucodeSPL=${tcb.microcode}`;
    const files = {
      [`vcek/v1/Milan/${chipId}?${query}`]: new X509Certificate(vcek).raw,
      'vcek/v1/Milan/cert_chain': ask + ark,
      'vcek/v1/Milan/crl': await amd.revocationList({ crl: lastMonth }),
    };
    assert.equal(await verdictOn(await open({ amd: { mirror: filesIn(files) } }), 'snp'), 'accepted');
    const emergencyList = await amd.revocationList({ crl: { ...emergency, ...ofAsk } });
    const mirror = filesIn({ ...files, 'vlek/v1/Milan/crl': emergencyList });
    assert.equal(await verdictOn(await open({ amd: { mirror } }), 'snp'), revoked);
  });

  test('in a directory that has nothing else count for what the service gives', async () => {
    const list = await amd.revocationList({ crl: lastMonth });
    const kds = await serveKds({ contents: (request) => (request.item === 'crl' ? list : kdsPart(request.item)) });
    const url = { url: kds.url, caFile: endorsementCaFile };
    assert.equal(await verdictOn(await open({ amd: url }), 'snp'), 'accepted');
    const bundle = filesIn({ 'b.crl': await amd.revocationList({ crl: { ...emergency, ...ofAsk } }) });
    assert.equal(await verdictOn(await open({ amd: { ...url, bundle } }), 'snp'), revoked);
  });

  test('that the service gave for one chip count for another, and after a restart', async () => {
    let list = await amd.revocationList({ crl: lastMonth });
    const other = await createSimulatedSnpPlatform({ at, keys: amd.state.keys });
    const chips = new Map([amd, other].map((platform) => [platform.state.chipId, platform.certificates.vcek]));
    const kds = await serveKds({
      contents: (request) => {
        if (request.item === 'crl') return list;
        const pem = request.item === 'vcek' ? chips.get(request.chipId) : undefined;
        return pem === undefined ? kdsPart(request.item) : new X509Certificate(pem).raw;
      },
    });
    const directory = stateDirectory();
    const settings = { amd: { url: kds.url, caFile: endorsementCaFile, staleGraceSeconds: 90 * 86_400 } };
    const scene = await open(settings, directory);
    assert.equal(await verdictOn(scene, 'snp'), 'accepted');
    await scene.service.close();
    const another = await open(settings, directory);
    list = await amd.revocationList({
      crl: { ...emergency, revoked: [serialOf(other.certificates.ask), serialOf(ask)] },
    });
    await another.service.attest('SevSnpVm', { report: base64url(other.report()) });
    assert.equal(await verdictOn(another, 'snp'), revoked);
    await another.service.close();
    list = await amd.revocationList({ crl: lastMonth });
    const restarted = await open(settings, directory);
    restarted.turnTo(5);
    assert.equal(await verdictOn(restarted, 'snp'), revoked);
  });

  function kdsPart(item: 'vcek' | 'cert-chain' | 'crl'): Uint8Array | string {
    return item === 'vcek' ? new X509Certificate(vcek).raw : ask + ark;
  }
});

test('a collateral file is accepted and its claims say so', async () => {
  const scene = await open({ intel: { bundle: await bundleOf('sgx', {}) } });
  const answer = await scene.service.attest('SgxEnclave', kinds.sgx.evidence);
  assert.equal(claimsOf(answer)['x-atesto-development-root'], true);
});

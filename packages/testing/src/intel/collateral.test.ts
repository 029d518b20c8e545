/** Simulated endorsements: signatures by plain node:crypto, shape as in Intel's. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { verify, X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { readVectorJson, vectorsMissing } from '@atesto/vectors';
import { X509Crl, X509Certificate as X509Reader } from '@peculiar/x509';
import { collateralToJson, createSimulatedPlatform } from '../sgx/index.ts';
import { generateEcKeys } from '../x509/index.ts';

const at = new Date('2026-06-01T12:00:00Z');
const platform = await createSimulatedPlatform({ at });
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const members = (bytes: Uint8Array): Record<string, unknown> => JSON.parse(text(bytes));

function isSigned(body: Uint8Array, signature: Uint8Array): boolean {
  const { publicKey } = new X509Certificate(platform.certificates.tcbSigning);
  return verify('sha256', body, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
}

test('TCB info and QE identity are signed over their exact bytes by the TCB signing key', async () => {
  const collateral = await platform.collateral();
  assert.ok(isSigned(collateral.tcbInfo, collateral.tcbInfoSignature));
  assert.ok(isSigned(collateral.qeIdentity, collateral.qeIdentitySignature));
  const foreign = await platform.collateral({ signTcbInfoWith: generateEcKeys() });
  assert.equal(isSigned(foreign.tcbInfo, foreign.tcbInfoSignature), false);
  assert.ok(isSigned(foreign.qeIdentity, foreign.qeIdentitySignature));
});

test('members are replaced, added and removed one by one', async () => {
  const { tcbInfo, qeIdentity } = await platform.collateral({
    tcbInfo: { fmspc: '112233445566', nextUpdate: undefined, extra: 1 },
    qeIdentity: { mrsigner: '00' },
  });
  const { fmspc, extra, pceId } = members(tcbInfo);
  assert.deepEqual([fmspc, extra, pceId, 'nextUpdate' in members(tcbInfo)], ['112233445566', 1, '0000', false]);
  assert.equal(members(qeIdentity).mrsigner, '00');
  const exact = await platform.collateral({ tcbInfo: Buffer.from('not JSON') });
  assert.equal(text(exact.tcbInfo), 'not JSON');
  assert.ok(isSigned(exact.tcbInfo, exact.tcbInfoSignature));
});

test('TCB info of version 2 numbers its components and has no id', async () => {
  const { tcbInfo } = await platform.collateral({ tcbInfoVersion: 2 });
  const { version, id, tcbLevels } = JSON.parse(text(tcbInfo));
  assert.deepEqual([version, id, tcbLevels[0].tcb.sgxtcbcomp05svn, tcbLevels[0].tcb.pcesvn], [2, undefined, 3, 13]);
});

test('the revocation lists are signed by their authorities and name what is revoked', async () => {
  const serialNumber = new X509Certificate(platform.certificates.pck).serialNumber;
  const { pckCrl, rootCaCrl } = await platform.collateral({ pckCrl: { revoked: [serialNumber] } });
  const parsed = new X509Crl(Uint8Array.from(pckCrl));
  assert.deepEqual(
    parsed.entries.map((entry) => entry.serialNumber.toUpperCase()),
    [serialNumber],
  );
  assert.ok(await parsed.verify({ publicKey: new X509Reader(platform.certificates.pckCa) }));
  assert.equal(new X509Crl(Uint8Array.from(rootCaCrl)).entries.length, 0);
  assert.equal(parsed.nextUpdate?.toISOString(), '2026-06-30T12:00:00.000Z');
  const endless = await platform.collateral({ pckCrl: { nextUpdate: 'absent' } });
  assert.equal(new X509Crl(Uint8Array.from(endless.pckCrl)).nextUpdate, undefined);
});

test('the status of the platform is the one asked for', async () => {
  const { tcbInfo } = await platform.collateral({ tcbStatus: 'SWHardeningNeeded', advisoryIds: ['INTEL-SA-00334'] });
  const [level] = JSON.parse(text(tcbInfo)).tcbLevels;
  assert.deepEqual([level.tcbStatus, level.advisoryIDs], ['SWHardeningNeeded', ['INTEL-SA-00334']]);
});

describe('beside real collateral', { skip: vectorsMissing('sgx') }, () => {
  const real = readVectorJson('sgx', 'v3-platform-ca-up-to-date', 'collateral.json');
  const realText = (name: string): string => String(real[name]);

  test('the JSON form has the same members', async () => {
    const { pck_certificate_chain, ...json } = collateralToJson(await platform.collateral());
    assert.deepEqual(Object.keys(json), Object.keys(real));
    assert.match(String(pck_certificate_chain), /^-----BEGIN CERTIFICATE-----\n/);
  });

  test('TCB info and QE identity have the same members in the same order', async () => {
    const json = collateralToJson(await platform.collateral());
    for (const name of ['tcb_info', 'qe_identity'] as const) {
      const [simulated, genuine] = [JSON.parse(json[name]), JSON.parse(realText(name))];
      assert.deepEqual(Object.keys(simulated), Object.keys(genuine));
      assert.deepEqual(Object.keys(simulated.tcbLevels[0].tcb), Object.keys(genuine.tcbLevels[0].tcb));
      for (const [member, value] of Object.entries(genuine)) {
        assert.equal(typeof simulated[member], typeof value, member);
        if (typeof value === 'string') assert.equal(simulated[member].length, value.length, member);
      }
    }
  });

  test('certificates have the same extensions in the same order', async () => {
    const shape = (pem: string) => new X509Reader(pem).extensions.map(({ type, critical }) => ({ type, critical }));
    const blocks = (chain: string) => chain.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
    const json = collateralToJson(await platform.collateral());
    for (const name of ['pck_crl_issuer_chain', 'tcb_info_issuer_chain'] as const) {
      assert.deepEqual(blocks(json[name]).map(shape), blocks(realText(name)).map(shape), name);
    }
  });
});

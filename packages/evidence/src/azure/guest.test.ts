/** Attestation info of simulated guests, each with exactly one thing wrong. */

import assert from 'node:assert/strict';
import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Outcome } from '@atesto/core';
import type { AttestationInfoOptions, SimulatedAzureGuest } from '@atesto/testing/azure';
import { createSimulatedVtpm, defaultBoot, tpmAttributes, writeEventLog } from '@atesto/testing/tpm';
import fc from 'fast-check';
import { appraiseGuestBytes } from '../__fixtures__/appraise-bytes.ts';
import { hardwareOfProof, snpGuest, tdxGuest, vtpm } from '../__fixtures__/azure-guest.ts';
import { outcomeCode } from '../__fixtures__/refusals.ts';
import {
  type AzureGuestAppraisal,
  type AzureHardware,
  azureGuestClaims,
  checkAzureGuestBaseline,
  parseAzureGuest,
  tdxComplianceStatus,
} from '../advanced.ts';

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64');

function hardwareOf(info: Uint8Array): AzureHardware {
  const parsed = parseAzureGuest(info);
  assert.ok(parsed.ok, outcomeCode(parsed));
  return hardwareOfProof(parsed.value.proof);
}

const good = snpGuest.attestationInfo();
const hardware = hardwareOf(good);

/** Appraises what a guest sends. Its hardware evidence is appraised only where the options change it. */
function appraise(
  options: AttestationInfoOptions = {},
  guest: SimulatedAzureGuest = snpGuest,
): Outcome<AzureGuestAppraisal> {
  const info = guest.attestationInfo(options);
  const isChanged = guest !== snpGuest || 'claims' in options || 'report' in options;
  return appraiseGuestBytes(info, isChanged ? hardwareOf(info) : hardware);
}

const code = (options: AttestationInfoOptions): string => outcomeCode(appraise(options));

describe('a guest', () => {
  test('of SEV-SNP is accepted; its claims are those of Azure', () => {
    const outcome = appraise({ clientPayload: { nonce: base64('a nonce') } });
    assert.ok(outcome.ok);
    const { encryptionKey } = outcome.value;
    assert.ok(encryptionKey.publicKey.equals(vtpm.encryptionKey.publicKey));
    const {
      'x-ms-isolation-tee': tee,
      'x-ms-runtime': runtime,
      ...claims
    } = azureGuestClaims(outcome.value, { 'x-ms-compliance-status': 'azure-compliant-cvm' });
    assert.deepEqual(claims, {
      'x-ms-azurevm-attestation-protocol-ver': '2.0',
      'x-ms-azurevm-attested-pcrs': [0, 1, 2, 3, 4, 5, 6, 7],
      'x-ms-azurevm-attested-pcr-values': Object.fromEntries(
        [...vtpm.pcrs()].map(([pcr, value]) => [`pcr${pcr}`, base64(value)]),
      ),
      'x-ms-azurevm-ostype': 'Linux',
      'x-ms-azurevm-osdistro': 'Ubuntu',
      'x-ms-azurevm-osbuild': 'NotApplication',
      'x-ms-azurevm-osversion-major': 24,
      'x-ms-azurevm-osversion-minor': 4,
      'x-ms-azurevm-vmid': snpGuest.vmUniqueId,
      'x-atesto-azurevm-reply-bound-to-pcrs': true,
      'x-atesto-azurevm-replayed-pcrs': [0, 1, 2, 3, 4, 5, 6, 7],
      secureboot: true,
    });
    const { kty, n, e } = vtpm.encryptionKey.publicKey.export({ format: 'jwk' });
    assert.deepEqual(runtime, {
      'client-payload': { nonce: base64('a nonce') },
      keys: [{ kid: 'TpmEphemeralEncryptionKey', key_ops: ['encrypt'], kty, n, e }],
    });
    const isolation = Object(tee);
    assert.deepEqual(
      [isolation['x-ms-attestation-type'], isolation['x-ms-compliance-status'], isolation['x-ms-sevsnpvm-vmpl']],
      ['sevsnpvm', 'azure-compliant-cvm', 0],
    );
    assert.deepEqual(isolation['x-ms-runtime'], snpGuest.runtimeClaimsMembers());
  });

  test('of TDX is accepted; its claims nest those of TDX', () => {
    const outcome = appraise({}, tdxGuest);
    assert.ok(outcome.ok);
    const tee = Object(azureGuestClaims(outcome.value)['x-ms-isolation-tee']);
    assert.deepEqual(
      [tee['x-ms-attestation-type'], tee.eat_profile],
      ['tdxvm', 'https://aka.ms/maa-eat-profile-tdxvm'],
    );
  });

  test('without an event log is accepted, and nothing is claimed of secure boot', () => {
    for (const TcgLogs of ['', base64(vtpm.eventLog().subarray(0, 65))]) {
      const outcome = appraise({ members: { TcgLogs } });
      assert.ok(outcome.ok, outcomeCode(outcome));
      assert.equal('secureboot' in azureGuestClaims(outcome.value), false);
    }
  });

  test('that writes members as other clients do is accepted', () => {
    const { Proof, RunTimeData } = JSON.parse(Buffer.from(good).toString()).IsolationInfo.Evidence;
    const Evidence = { Proof: JSON.parse(Buffer.from(Proof, 'base64').toString()), RunTimeData };
    assert.equal(code({ members: { IsolationInfo: { Type: 'SevSnp', Evidence } } }), 'accepted');
    assert.equal(code({ members: { OSVersionMajor: '24', OSVersionMinor: '0' } }), 'accepted');
    const url = Buffer.from(RunTimeData, 'base64').toString('base64url');
    assert.equal(
      code({ members: { IsolationInfo: { Type: 'SevSnp', Evidence: { Proof, RunTimeData: url } } } }),
      'accepted',
    );
  });

  test('whose reply key is not bound to the quoted PCRs says so', () => {
    const EncKeyPub = vtpm.encryptionKeyArea({ authPolicy: '' });
    const name = Buffer.concat([Buffer.from('000b', 'hex'), nameDigest(EncKeyPub)]);
    const outcome = appraise({ tpmInfo: { EncKeyPub: base64(EncKeyPub) }, certify: { name } });
    assert.ok(outcome.ok);
    assert.equal(azureGuestClaims(outcome.value)['x-atesto-azurevm-reply-bound-to-pcrs'], false);
  });

  const weakKey = vtpm.encryptionKeyArea({ attributes: tpmAttributes.decrypt | tpmAttributes.userWithAuth });
  const refusals: readonly [what: string, code: string, options: AttestationInfoOptions][] = [
    ['of another protocol', 'azure-guest-protocol', { members: { AttestationProtocolVersion: '3.0' } }],
    ['of Trusted Launch', 'azure-guest-isolation', { members: { IsolationInfo: { Type: 'TrustedLaunch' } } }],
    ['of no isolation', 'azure-guest-isolation', { members: { IsolationInfo: { Type: 'Undefined', Evidence: {} } } }],
    [
      'whose hardware vouches for other claims',
      'hcl-binding',
      { report: { fields: { reportData: Buffer.alloc(64) } } },
    ],
    ['whose operating system asked for the report', 'hcl-vmpl', { report: { fields: { vmpl: 2 } } }],
    ['with claims that are no JSON', 'hcl-runtime-claims', { claims: Buffer.from('{') }],
    ['with claims without a key', 'hcl-attestation-key', { claims: Buffer.from('{}') }],
    ['with another attestation key', 'azure-guest-aik', { tpmInfo: { AikPub: base64(vtpm.encryptionKeyArea()) } }],
    [
      'whose attestation key signs anything',
      'tpm-key-attributes',
      { tpmInfo: { AikPub: base64(vtpm.attestationKeyArea({ attributes: tpmAttributes.sign })) } },
    ],
    ['whose quote another key signed', 'tpm-signature', { quote: { signWith: vtpm.encryptionKey } }],
    ['whose PCRs are not the quoted ones', 'tpm-pcr-digest', { quote: { pcrDigest: Buffer.alloc(32) } }],
    [
      'whose log is of another boot',
      'tpm-event-log-replay',
      { members: { TcgLogs: base64(writeEventLog(defaultBoot(false))) } },
    ],
    ['whose quote leaves PCR 7 out', 'azure-guest-pcrs', { quote: { pcrs: [0, 1, 2, 3, 4, 5, 6] } }],
    ['that lists a PCR twice in the set', 'azure-guest-pcrs', { tpmInfo: { PcrSet: [0, 0, 1, 2, 3, 4, 5, 6, 7] } }],
    ['that lists a PCR twice for another', 'azure-guest-pcrs', { tpmInfo: { PcrSet: [0, 0, 2, 3, 4, 5, 6, 7] } }],
    ['whose set has no number', 'azure-guest-malformed', { tpmInfo: { PcrSet: [null, 1, 2, 3, 4, 5, 6, 7] } }],
    [
      'that lists a PCR in the set that it does not send',
      'azure-guest-pcrs',
      { tpmInfo: { PcrSet: [0, 1, 2, 3, 4, 5, 6, 8] } },
    ],
    ['that sends a PCR twice', 'azure-guest-pcrs', { tpmInfo: { PCRs: pcrsOf([...vtpm.pcrs(), ...vtpm.pcrs([0])]) } }],
    [
      'that sends a PCR that was not quoted',
      'azure-guest-pcrs',
      { tpmInfo: { PCRs: pcrsOf(vtpm.pcrs([0, 1, 2, 3, 4, 5, 6, 7, 8])), PcrSet: [0, 1, 2, 3, 4, 5, 6, 7, 8] } },
    ],
    ['whose reply key another key certified', 'tpm-signature', { certify: { signWith: vtpm.encryptionKey } }],
    ['whose certification is a quote', 'tpm-attest-type', { certify: { header: { type: 0x8018 } } }],
    ['whose certification is of another key', 'tpm-certified-name', { certify: { name: '000b' } }],
    [
      'whose reply key is malformed',
      'tpm-public-area',
      { tpmInfo: { EncKeyPub: base64(vtpm.encryptionKeyArea({ type: 8 })) } },
    ],
    [
      'whose reply key may leave its TPM',
      'tpm-key-attributes',
      {
        tpmInfo: { EncKeyPub: base64(weakKey) },
        certify: { name: Buffer.concat([Buffer.from('000b', 'hex'), nameDigest(weakKey)]) },
      },
    ],
  ];
  for (const [what, expected, options] of refusals) {
    test(`${what} is refused with ${expected}`, () => assert.equal(code(options), expected));
  }

  const malformed: readonly [what: string, options: AttestationInfoOptions][] = [
    ['a version that is a number', { members: { AttestationProtocolVersion: 2 } }],
    ['no operating system', { members: { OSType: undefined } }],
    ['an operating system that is not base64', { members: { OSDistro: 'Ubuntu!' } }],
    ['base64 with bits that belong to no byte', { members: { OSDistro: 'QR==' } }],
    ['base64 of both alphabets', { members: { OSDistro: '-+++' } }],
    ['an operating system that is not UTF-8', { members: { OSBuild: '/w==' } }],
    ['a version below zero', { members: { OSVersionMajor: -1 } }],
    ['a version with a fraction', { members: { OSVersionMinor: 1.5 } }],
    ['a version that is a word', { members: { OSVersionMinor: 'four' } }],
    ['a version that is huge', { members: { OSVersionMinor: 2 ** 31 } }],
    ['a payload that is a list', { members: { ClientPayload: [] } }],
    ['a payload of numbers', { members: { ClientPayload: { nonce: 1 } } }],
    ['no TPM', { members: { TpmInfo: null } }],
    ['PCRs that are no list', { tpmInfo: { PCRs: {} } }],
    ['more PCRs than there are', { tpmInfo: { PCRs: Array.from({ length: 25 }, () => ({ Index: 0, Digest: '' })) } }],
    ['a PCR 24', { tpmInfo: { PCRs: [{ Index: 24, Digest: '' }] } }],
    ['no quote', { tpmInfo: { PcrQuote: undefined } }],
    ['no evidence', { members: { IsolationInfo: { Type: 'SevSnp' } } }],
    [
      'a proof that is no JSON',
      { members: { IsolationInfo: { Type: 'SevSnp', Evidence: { Proof: 'AAAA', RunTimeData: '' } } } },
    ],
  ];
  for (const [what, options] of malformed) {
    test(`that sends ${what} is refused with azure-guest-malformed`, () => {
      assert.equal(outcomeCode(parseAzureGuest(snpGuest.attestationInfo(options))), 'azure-guest-malformed');
    });
  }

  test('that sends no JSON object is refused with azure-guest-malformed', () => {
    for (const text of ['', '{', '[]', 'null', '"x"', '\ufeff{}']) {
      assert.equal(outcomeCode(parseAzureGuest(Buffer.from(text))), 'azure-guest-malformed', text);
    }
    assert.equal(outcomeCode(parseAzureGuest(Buffer.of(0x7b, 0xff, 0x7d))), 'azure-guest-malformed');
  });

  test('is never accepted when its document is cut', () => {
    for (let length = 0; length < good.length; length += 7) {
      assert.equal(outcomeCode(appraiseGuestBytes(good.subarray(0, length), hardware)), 'azure-guest-malformed');
    }
  });

  test('gives no other account of itself when a byte of its document changes', async () => {
    const facts = (outcome: Outcome<AzureGuestAppraisal>) => {
      if (!outcome.ok) return undefined;
      const { runtimeClaims, pcrs, encryptionKey, measuredBoot } = outcome.value;
      assert.notEqual(measuredBoot?.secureBoot, false);
      return { runtimeClaims, pcrs, reply: encryptionKey.publicKey.export({ format: 'jwk' }) };
    };
    const expected = facts(appraiseGuestBytes(good, hardware));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: good.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Buffer.from(good);
        changed[at] = (changed[at] ?? 0) ^ mask;
        const seen = facts(appraiseGuestBytes(changed, hardware));
        if (seen !== undefined) assert.deepEqual(seen, expected);
      }),
      { numRuns: 400 },
    );
  });

  test('with the vTPM of another machine is refused with azure-guest-aik', async () => {
    const { encryptionKey } = vtpm;
    const other = await createSimulatedVtpm({ encryptionKey });
    const tpmInfo = { AikPub: base64(other.attestationKeyArea()) };
    assert.equal(code({ tpmInfo }), 'azure-guest-aik');
  });

  test('with a key of another kind is refused with azure-guest-aik, and leaves no error to what is done next', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const point = [x, y].map((value) => `0020${Buffer.from(value, 'base64url').toString('hex')}`).join('');
    // ECC, named by SHA-256, attributes of an attestation key, no policy; no symmetric key, ECDSA with SHA-256, P-256, no KDF.
    const area = Buffer.from(`0023000b00050072000000100018000b00030010${point}`, 'hex');
    const sized = Buffer.concat([Buffer.of(0, area.length), area]);
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
    assert.equal(code({ tpmInfo: { AikPub: base64(sized) } }), 'azure-guest-aik');
    assert.equal(createPrivateKey(pem).asymmetricKeyType, 'ec');
  });
});

/** SHA-256 of a public area without its size. */
function nameDigest(area: Uint8Array): Buffer {
  return createHash('sha256').update(area.subarray(2)).digest();
}

function pcrsOf(pcrs: Iterable<readonly [number, Uint8Array]>): unknown[] {
  return [...pcrs].map(([pcr, value]) => ({ Index: pcr, Digest: base64(value) }));
}

describe('the machine below a guest', () => {
  const tdx = hardwareOf(tdxGuest.attestationInfo());
  const debugged = hardwareOf(tdxGuest.attestationInfo({ tdQuote: { body: { debug: true } } }));
  const migratable = hardwareOf(tdxGuest.attestationInfo({ tdQuote: { body: { tdAttributes: '0000003000000000' } } }));
  assert.ok(tdx.tee === 'tdx' && debugged.tee === 'tdx' && migratable.tee === 'tdx');
  const mrTds = [Buffer.from(tdx.body.mrTd).toString('hex')];

  const boundKey = { publicKey: vtpm.encryptionKey.publicKey, boundToPcrs: true };

  test('that no reference value fits is refused with azure-guest-machine, unless the operator accepts such machines', () => {
    for (const machine of [hardware, tdx]) {
      const judge = (status: string | undefined, unknownMachines: 'refuse' | 'accept'): string => {
        const baseline = { unknownMachines, unboundReplyKeys: 'refuse' } as const;
        return outcomeCode(checkAzureGuestBaseline({ hardware: machine, encryptionKey: boundKey }, status, baseline));
      };
      assert.deepEqual(
        [judge(undefined, 'refuse'), judge(undefined, 'accept'), judge('azure-compliant-cvm', 'refuse')],
        ['azure-guest-machine', 'accepted', 'accepted'],
      );
    }
  });

  test('with a reply key that works in other states is refused with azure-guest-reply-key, unless the operator accepts it', () => {
    const encryptionKey = { ...boundKey, boundToPcrs: false };
    const judge = (unboundReplyKeys: 'refuse' | 'accept'): string => {
      const baseline = { unknownMachines: 'refuse', unboundReplyKeys } as const;
      return outcomeCode(checkAzureGuestBaseline({ hardware, encryptionKey }, 'known', baseline));
    };
    assert.deepEqual([judge('refuse'), judge('accept')], ['azure-guest-reply-key', 'accepted']);
  });

  test('of TDX fits the first reference value that names its MRTD, and none when it can be debugged or migrated', () => {
    const values = [
      { complianceStatus: 'other', mrTds: ['00'.repeat(48)] },
      { complianceStatus: 'first', mrTds },
      { complianceStatus: 'second', mrTds },
    ];
    assert.deepEqual(
      [
        tdxComplianceStatus(tdx.body, values),
        tdxComplianceStatus(tdx.body, []),
        tdxComplianceStatus(debugged.body, values),
        tdxComplianceStatus(migratable.body, values),
      ],
      ['first', undefined, undefined, undefined],
    );
  });
});

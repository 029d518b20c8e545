/** Azure guests through the whole service: the reply is sealed to the guest's vTPM, and only what its evidence shows is claimed. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { createVerifier } from '@atesto/relying-party';
import { seenAudit } from '@atesto/store/testing';
import { type AttestationInfoOptions, SimulatedAzureGuest } from '@atesto/testing/azure';
import { createSimulatedSnpPlatform, generateAmdKeys } from '@atesto/testing/sevsnp';
import { createSimulatedVtpm, defaultBoot, eventTypes } from '@atesto/testing/tpm';
import { base64url, platform, refusalOf, serveEnclaves } from '../../__fixtures__/enclave.ts';
import type { Answer, TestService } from '../../__fixtures__/service.ts';
import type { ServiceSettings } from '../../config/schema.ts';

const milan = await createSimulatedSnpPlatform({ at: new Date(), keys: await generateAmdKeys(2048) });
const endorsements = await milan.endorsements();
const collateral = await platform.collateral({ tee: 'tdx' });
const vtpm = await createSimulatedVtpm();
const snpGuest = new SimulatedAzureGuest({ kind: 'SevSnp', platform: milan }, vtpm);
const tdxGuest = new SimulatedAzureGuest({ kind: 'Tdx', platform }, vtpm);
const audit = seenAudit();

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const measurement = hex(milan.report().subarray(144, 192));
const mrTd = hex(platform.tdxQuote().subarray(48 + 136, 48 + 184));
const referenceValues = {
  sevsnp: [{ complianceStatus: 'azure-compliant-cvm', measurements: [measurement] }],
  tdx: [{ complianceStatus: 'azure-compliant-cvm', mrTds: [mrTd.toUpperCase()] }],
};

/** A service whose operator knows the machines, unless told otherwise. */
function serveGuests(provider: ServiceSettings['provider'] = { referenceValues }): Promise<TestService> {
  const trustAnchors = [platform.rootFingerprint, milan.rootFingerprint];
  return serveEnclaves(
    { provider: { ...provider, trustAnchors } },
    {
      audit,
      intelEndorsements: { get: async () => ({ ok: true, value: { collateral } }) },
      amdEndorsements: { get: async () => ({ ok: true, value: { collateral: endorsements } }) },
    },
  );
}

const service = await serveGuests();
const bodyOf = (guest: SimulatedAzureGuest, options: AttestationInfoOptions = {}, more: object = {}) => ({
  AttestationInfo: base64url(guest.attestationInfo(options)),
  ...more,
});

/** The token that the guest finds in its reply. */
function openToken(guest: SimulatedAzureGuest, answer: Answer): string {
  assert.equal(answer.status, 200, answer.text);
  return guest.openReply(JSON.parse(answer.text).token);
}

function claimsIn(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString());
}

async function attested(guest: SimulatedAzureGuest, options: AttestationInfoOptions = {}, more: object = {}) {
  return claimsIn(openToken(guest, await service.attest('AzureGuest', bodyOf(guest, options, more))));
}

describe('an Azure guest', () => {
  test('of SEV-SNP opens its reply and finds a token that a relying party accepts', async () => {
    const nonce = Buffer.from('chosen by the relying party').toString('base64');
    const answer = await service.attest('AzureGuest', bodyOf(snpGuest, { clientPayload: { nonce } }));
    const token = openToken(snpGuest, answer);
    const { keys } = JSON.parse((await service.call('/certs')).text);
    const verifierOf = (attestationType: 'AzureGuest' | 'Tpm') =>
      createVerifier({
        issuers: [service.url],
        keySets: { [service.url]: { keys } },
        expectations: {
          attestationType,
          policyHash: '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco',
          nonce: 'any',
          runtimeData: 'any',
          developmentRoot: 'any',
        },
      });
    const verdict = await verifierOf('AzureGuest').verify(token);
    assert.ok(verdict.ok, JSON.stringify(verdict));
    assert.equal((await verifierOf('Tpm').verify(token)).ok, false);
    const claims = claimsIn(token);
    assert.deepEqual(Object(claims['x-ms-runtime'])['client-payload'], { nonce });
    assert.deepEqual(
      [claims['x-ms-attestation-type'], claims.secureboot, claims['x-ms-azurevm-vmid']],
      ['azurevm', true, snpGuest.vmUniqueId],
    );
    const tee = Object(claims['x-ms-isolation-tee']);
    assert.equal(tee['x-ms-attestation-type'], 'sevsnpvm');
    assert.deepEqual(tee['x-ms-runtime'], snpGuest.runtimeClaimsMembers());
    assert.equal(tee['x-ms-compliance-status'], 'azure-compliant-cvm');
    assert.equal(claims['x-atesto-development-root'], true);
  });

  test('of TDX opens its reply and finds the claims of its trust domain', async () => {
    const tee = Object((await attested(tdxGuest))['x-ms-isolation-tee']);
    assert.deepEqual([tee['x-ms-attestation-type'], tee.attester_tcb_status], ['tdxvm', 'UpToDate']);
    assert.equal(tee['x-ms-compliance-status'], 'azure-compliant-cvm');
  });

  const { attestationKey, encryptionKey } = vtpm;
  const hcrtm = { pcr: 0, type: eventTypes.hcrtm, data: Buffer.from('HCRTM') };
  const trustPoint = { pcr: 0xffff_ffff, type: eventTypes.noAction, data: Buffer.from('trust point') };
  for (const [what, boot, padding] of [
    ['zeros follow', defaultBoot(), Buffer.alloc(64)],
    ['tells of an H-CRTM', [hcrtm, ...defaultBoot()], Buffer.of()],
    ['has separators of ones', defaultBoot(true, 'ffffffff'), Buffer.of()],
    ['ends with the trust point of Windows', [...defaultBoot(), trustPoint], Buffer.of()],
  ] as const) {
    test(`whose event log ${what} has its state of secure boot in the token`, async () => {
      const machine = await createSimulatedVtpm({ attestationKey, encryptionKey, boot });
      const TcgLogs = Buffer.concat([machine.eventLog(), padding]).toString('base64');
      const guest = new SimulatedAzureGuest(snpGuest.machine, machine);
      assert.equal((await attested(guest, { members: { TcgLogs } })).secureboot, true);
    });
  }

  test('gets a reply in the shape of the contract, and never the token in the open', async () => {
    const answer = await service.attest('AzureGuest', bodyOf(snpGuest));
    assert.match(answer.text, /^\{"token":"[A-Za-z0-9_-]+"\}$/);
    const reply = JSON.parse(Buffer.from(JSON.parse(answer.text).token, 'base64url').toString());
    const { Iv, ...params } = reply.EncryptionParams;
    assert.deepEqual(params, {
      BlockMode: 'ChainingModeGCM',
      BlockPadding: 'PKCS7',
      Cipher: 'AES',
      KeySizeInBits: 256,
    });
    const sizes = [Iv, reply.EncryptedInnerKey, reply.AuthenticationData].map(
      (text) => Buffer.from(text, 'base64').length,
    );
    assert.deepEqual(sizes, [12, 256, 16]);
    assert.deepEqual(Object.keys(reply).sort(), ['AuthenticationData', 'EncryptedInnerKey', 'EncryptionParams', 'Jwt']);
    const other = new SimulatedAzureGuest(snpGuest.machine, await createSimulatedVtpm());
    assert.throws(() => other.openReply(JSON.parse(answer.text).token));
    reply.AuthenticationData = Buffer.alloc(16).toString('base64');
    assert.throws(() => snpGuest.openReply(base64url(JSON.stringify(reply))));
  });

  test('gets a fresh key and a fresh IV with each reply', async () => {
    const replies = await Promise.all([0, 1].map(() => service.attest('AzureGuest', bodyOf(snpGuest))));
    const documents = replies.map(({ text }) =>
      JSON.parse(Buffer.from(JSON.parse(text).token, 'base64url').toString()),
    );
    const keys = documents.map(({ EncryptedInnerKey }) =>
      vtpm.decrypt(Buffer.from(EncryptedInnerKey, 'base64')).toString('hex'),
    );
    assert.equal(new Set(keys).size, 2);
    assert.equal(new Set(documents.map(({ EncryptionParams }) => EncryptionParams.Iv)).size, 2);
  });

  test('whose machine nobody knows is refused, or has no compliance status where the operator accepts it', async () => {
    const unknowing = await serveGuests({});
    const lenient = await serveGuests({ baseline: { azureGuest: { unknownMachines: 'accept' } } });
    for (const guest of [snpGuest, tdxGuest]) {
      const refused = refusalOf(await unknowing.attest('AzureGuest', bodyOf(guest)));
      assert.deepEqual(refused, [400, 'InvalidParameter', 'azure-guest-machine']);
      const token = openToken(guest, await lenient.attest('AzureGuest', bodyOf(guest)));
      assert.equal(Object(claimsIn(token)['x-ms-isolation-tee'])['x-ms-compliance-status'], undefined);
    }
  });

  test('whose reply key works in other states is refused, unless the operator accepts it', async () => {
    const area = vtpm.encryptionKeyArea({ authPolicy: '' });
    const name = Buffer.concat([Buffer.from('000b', 'hex'), createHash('sha256').update(area.subarray(2)).digest()]);
    const body = bodyOf(snpGuest, { tpmInfo: { EncKeyPub: area.toString('base64') }, certify: { name } });
    assert.deepEqual(refusalOf(await service.attest('AzureGuest', body))[2], 'azure-guest-reply-key');
    const lenient = await serveGuests({
      referenceValues,
      baseline: { azureGuest: { unboundReplyKeys: 'accept' } },
    });
    const token = openToken(snpGuest, await lenient.attest('AzureGuest', body));
    assert.equal(claimsIn(token)['x-atesto-azurevm-reply-bound-to-pcrs'], false);
  });

  test('that its host can debug is no machine that the operator knows', async () => {
    const debugged = bodyOf(tdxGuest, { tdQuote: { body: { debug: true } } });
    assert.deepEqual(refusalOf(await service.attest('AzureGuest', debugged))[2], 'azure-guest-machine');
    const report = { fields: { debug: true } };
    assert.deepEqual(
      refusalOf(await service.attest('AzureGuest', bodyOf(snpGuest, { report })))[2],
      'azure-guest-machine',
    );
  });

  test('is judged by policies over its own claims and over those below the TEE', async () => {
    const policy = [
      'version= 1.2;',
      'authorizationrules{ c:[type=="secureboot", value==true] => permit(); };',
      'issuancerules{ c:[type=="x-ms-isolation-tee"] => issue(type="machine", value=JsonToClaimValue(JmesPath(c.value, "\\"x-ms-attestation-type\\""))); };',
    ].join('\n');
    const draft = { draftPolicyForAttestation: policy };
    assert.equal((await attested(snpGuest, {}, draft)).machine, 'sevsnpvm');
    const { attestationKey, encryptionKey } = vtpm;
    const insecure = new SimulatedAzureGuest(
      snpGuest.machine,
      await createSimulatedVtpm({ attestationKey, encryptionKey, boot: defaultBoot(false) }),
    );
    const answer = await service.attest('AzureGuest', bodyOf(insecure, {}, draft));
    assert.deepEqual(refusalOf(answer), [400, 'PolicyEvaluationError', 'policy-denied']);
  });

  test('is put down in the audit record like any evidence, by digest', async () => {
    audit.entries.length = 0;
    await service.attest('AzureGuest', bodyOf(snpGuest));
    assert.deepEqual(
      audit.entries.map(({ attestationType, verdict }) => [attestationType, verdict]),
      [['AzureGuest', 'allowed']],
    );
  });

  test('must meet the baseline of its hardware', async () => {
    const strict = await serveGuests({
      referenceValues,
      baseline: { sevsnp: { minimumTcb: { Milan: { snp: 255 } } }, tdx: { acceptedStatuses: ['UpToDate'] } },
    });
    assert.deepEqual(refusalOf(await strict.attest('AzureGuest', bodyOf(snpGuest)))[2], 'snp-baseline-tcb');
    assert.equal((await strict.attest('AzureGuest', bodyOf(tdxGuest))).status, 200);
  });

  const refusals: readonly [what: string, code: string, options: AttestationInfoOptions, more?: object][] = [
    ['of Trusted Launch', 'azure-guest-isolation', { members: { IsolationInfo: { Type: 'TrustedLaunch' } } }],
    ['whose hardware vouches for other claims', 'hcl-binding', { report: { fields: { reportData: '11'.repeat(64) } } }],
    ['whose report its operating system asked for', 'hcl-vmpl', { report: { fields: { vmpl: 1 } } }],
    ['whose report is forged', 'snp-signature', { report: { signWith: milan.keys.vlek } }],
    ['whose reply key was not certified', 'tpm-signature', { certify: { signWith: vtpm.encryptionKey } }],
    ['whose quote was not signed by its vTPM', 'tpm-signature', { quote: { signWith: vtpm.encryptionKey } }],
    ['with runtime data beside it', 'azure-guest-data', {}, { runtimeData: { data: 'AA', dataType: 'Binary' } }],
    ['with init-time data beside it', 'azure-guest-data', {}, { initTimeData: { data: 'AA', dataType: 'Binary' } }],
  ];
  for (const [what, code, options, more] of refusals) {
    test(`${what} is refused with ${code}`, async () => {
      const answer = await service.attest('AzureGuest', bodyOf(snpGuest, options, more));
      assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', code]);
    });
  }

  test('whose TD quote is forged, or is none, is refused', async () => {
    const forged = bodyOf(tdxGuest, { tdQuote: { mutate: (quote) => quote.fill(1, 100, 110) } });
    assert.deepEqual(refusalOf(await service.attest('AzureGuest', forged))[2], 'quote-signature');
    const Evidence = { Proof: 'AAAA', RunTimeData: '' };
    const none = bodyOf(tdxGuest, { members: { IsolationInfo: { Type: 'Tdx', Evidence } } });
    assert.deepEqual(refusalOf(await service.attest('AzureGuest', none))[2], 'quote-version');
    const short = bodyOf(snpGuest, {
      members: {
        IsolationInfo: {
          Type: 'SevSnp',
          Evidence: { Proof: { SnpReport: 'AAAA', VcekCertChain: '' }, RunTimeData: '' },
        },
      },
    });
    assert.deepEqual(refusalOf(await service.attest('AzureGuest', short))[2], 'snp-report-size');
  });

  test('that sends no document is refused', async () => {
    for (const [info, code] of [
      ['', 'member-missing'],
      ['e30', 'azure-guest-malformed'],
      ['?', 'base64url-invalid'],
    ] as const) {
      assert.deepEqual(refusalOf(await service.attest('azureguest', { attestationInfo: info })), [
        400,
        'InvalidParameter',
        code,
      ]);
    }
  });
});

describe('the same machine as SevSnpVm, with its runtime claims as runtime data', () => {
  const claims = snpGuest.runtimeClaims();
  const { vcek, ask, ark } = milan.certificates;
  const report = base64url(
    JSON.stringify({
      SnpReport: base64url(snpGuest.hardwareReport(claims)),
      VcekCertChain: base64url(vcek + ask + ark),
    }),
  );
  const runtimeData = (data: Uint8Array) => ({ data: base64url(data), dataType: 'JSON' });

  test('gets a token whose x-ms-runtime holds the keys of its vTPM', async () => {
    const answer = await service.attest('SevSnpVm', { report, runtimeData: runtimeData(claims) });
    assert.equal(answer.status, 200, answer.text);
    const token = claimsIn(JSON.parse(answer.text).token);
    assert.equal(token['x-ms-attestation-type'], 'sevsnpvm');
    assert.deepEqual(token['x-ms-runtime'], snpGuest.runtimeClaimsMembers());
  });

  test('is refused with claims that its report does not commit to', async () => {
    const forged = Buffer.from(JSON.stringify({ ...snpGuest.runtimeClaimsMembers(), keys: [] }));
    const answer = await service.attest('SevSnpVm', { report, runtimeData: runtimeData(forged) });
    assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', 'snp-runtime-data']);
  });
});

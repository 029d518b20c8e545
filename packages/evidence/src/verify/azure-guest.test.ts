/** One call verifies everything about an Azure guest, with safe defaults; each test has exactly one thing wrong. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { AttestationInfoOptions } from '@atesto/testing/azure';
import {
  endorsements,
  intelRoot,
  milanRoot,
  snpGuest,
  tdxCollateral,
  tdxGuest,
  vtpm,
} from '../__fixtures__/azure-guest.ts';
import { at, days } from '../__fixtures__/intel-platform.ts';
import { misuseOf } from '../__fixtures__/misuse.ts';
import { outcomeCode } from '../__fixtures__/refusals.ts';
import { parseAzureGuest } from '../advanced.ts';
import {
  type AzureGuestOptions,
  type AzureSevSnpOptions,
  type AzureTdxOptions,
  unwrap,
  verifyAzureGuest,
  verifyIntelCollateral,
  verifySnpEndorsements,
} from '../index.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const snpInfo = snpGuest.attestationInfo();
const tdxInfo = tdxGuest.attestationInfo();

function measurementOf(info: Uint8Array): string {
  const { proof } = unwrap(parseAzureGuest(info));
  return hex(proof.type === 'Tdx' ? proof.evidence.body.mrTd : proof.evidence.report.measurement);
}

const knownSnp = {
  complianceStatus: 'known',
  identity: { measurements: [measurementOf(snpInfo)] },
  hostData: 'any',
  minimumGuestSvn: 0,
  maximumVmpl: 0,
} as const;
const sevSnp: AzureSevSnpOptions = { collateral: endorsements, baseline: { minimumTcb: 'any' }, machines: [knownSnp] };
const tdx: AzureTdxOptions = {
  collateral: tdxCollateral,
  machines: [{ complianceStatus: 'known', mrTds: [measurementOf(tdxInfo)] }],
};
const good: AzureGuestOptions = { sevSnp, tdx, at, trustAnchors: [milanRoot, intelRoot] };
const codeOf = (info: Uint8Array, options: Partial<AzureGuestOptions> = {}): string =>
  outcomeCode(verifyAzureGuest(info, { ...good, ...options }));
const snp = (options: AttestationInfoOptions) => snpGuest.attestationInfo(options);
const td = (options: AttestationInfoOptions) => tdxGuest.attestationInfo(options);

test('guests on both technologies are accepted when everything holds', () => {
  for (const info of [snpInfo, tdxInfo]) {
    const guest = unwrap(verifyAzureGuest(info, good));
    assert.deepEqual([guest.complianceStatus, guest.encryptionKey.boundToPcrs], ['known', true]);
  }
});

test('guests on a technology that no option speaks of are refused', () => {
  const onlyTdx = { tdx, at, trustAnchors: [intelRoot] };
  const onlySnp = { sevSnp, at, trustAnchors: [milanRoot] };
  assert.deepEqual(
    [outcomeCode(verifyAzureGuest(snpInfo, onlyTdx)), outcomeCode(verifyAzureGuest(tdxInfo, onlyTdx))],
    ['azure-guest-isolation', 'accepted'],
  );
  assert.deepEqual(
    [outcomeCode(verifyAzureGuest(snpInfo, onlySnp)), outcomeCode(verifyAzureGuest(tdxInfo, onlySnp))],
    ['accepted', 'azure-guest-isolation'],
  );
});

test('machines that fit no reference value are refused unless any is accepted', () => {
  assert.equal(codeOf(snpInfo, { sevSnp: { ...sevSnp, machines: [] } }), 'azure-guest-machine');
  assert.equal(codeOf(snpInfo, { sevSnp: { ...sevSnp, machines: 'any' } }), 'accepted');
  assert.equal(codeOf(tdxInfo, { tdx: { ...tdx, machines: [] } }), 'azure-guest-machine');
  assert.equal(codeOf(tdxInfo, { tdx: { ...tdx, machines: 'any' } }), 'accepted');
});

test('hardware that can be debugged is refused unless that is decided, and is no known machine even then', () => {
  const snpDebug = snp({ report: { fields: { debug: true } } });
  const tdxDebug = td({ tdQuote: { body: { debug: true } } });
  const anyMachine = { sevSnp: { ...sevSnp, machines: 'any' }, tdx: { ...tdx, machines: 'any' } } as const;
  for (const [info, code] of [
    [snpDebug, 'snp-baseline-debug'],
    [tdxDebug, 'baseline-debug'],
  ] as const) {
    assert.equal(codeOf(info), code);
    assert.equal(codeOf(info, { debug: 'any' }), 'azure-guest-machine');
    assert.equal(codeOf(info, { debug: 'any', ...anyMachine }), 'accepted');
  }
});

test('the baseline of the hardware holds', () => {
  assert.equal(codeOf(snpInfo, { sevSnp: { ...sevSnp, baseline: { minimumTcb: {} } } }), 'snp-baseline-product');
  assert.equal(
    codeOf(tdxInfo, { tdx: { ...tdx, baseline: { minimumTcbEvaluationDataNumber: 99 } } }),
    'baseline-evaluation-number',
  );
  assert.equal(codeOf(tdxInfo, { at: days(40) }), 'collateral-expired');
  assert.equal(codeOf(snpInfo, { trustAnchors: [intelRoot] }), 'chain-root-untrusted');
});

test('a key for replies that works in other states is refused unless any is accepted', () => {
  const area = vtpm.encryptionKeyArea({ authPolicy: '' });
  // TPM2B_PUBLIC has its size in front; the name is of what follows.
  const name = Buffer.concat([Buffer.from('000b', 'hex'), createHash('sha256').update(area.subarray(2)).digest()]);
  const unbound = snp({ tpmInfo: { EncKeyPub: Buffer.from(area).toString('base64') }, certify: { name } });
  assert.equal(codeOf(unbound), 'azure-guest-reply-key');
  assert.equal(codeOf(unbound, { unboundReplyKeys: 'any' }), 'accepted');
});

test('a vTPM that the hardware does not vouch for is refused', () => {
  const text = Buffer.from(snpInfo).toString('utf8');
  const { TpmInfo, ...rest } = JSON.parse(text);
  const forged = { ...rest, TpmInfo: { ...TpmInfo, AikPub: TpmInfo.EncKeyPub } };
  assert.equal(codeOf(Buffer.from(JSON.stringify(forged))), 'azure-guest-aik');
});

test('verified endorsements serve too, and keep their roots', () => {
  const by = {
    sevSnp: { ...sevSnp, collateral: unwrap(verifySnpEndorsements(endorsements, { trustAnchors: [milanRoot] })) },
    tdx: { ...tdx, collateral: unwrap(verifyIntelCollateral(tdxCollateral, { trustAnchors: [intelRoot] })) },
    at,
  };
  for (const info of [snpInfo, tdxInfo]) assert.equal(outcomeCode(verifyAzureGuest(info, by)), 'accepted');
  assert.equal(
    misuseOf(() => codeOf(snpInfo, { tdx: by.tdx })),
    'option-invalid options.trustAnchors',
  );
  assert.equal(
    misuseOf(() => codeOf(snpInfo, { sevSnp: by.sevSnp })),
    'option-invalid options.trustAnchors',
  );
});

describe('misuse throws', () => {
  const cases: readonly (readonly [string, object])[] = [
    ['option-missing options', { sevSnp: undefined, tdx: undefined }],
    ['option-missing options.at', { at: undefined }],
    ['option-invalid options.debug', { debug: true }],
    ['option-unknown options.runtimeData', { runtimeData: 'any' }],
    ['option-invalid options.unboundReplyKeys', { unboundReplyKeys: 'accept' }],
    ['option-missing options.sevSnp.machines', { sevSnp: { ...sevSnp, machines: undefined } }],
    ['option-invalid options.tdx.machines', { tdx: { ...tdx, machines: {} } }],
    ['option-invalid options.sevSnp.machines.0', { sevSnp: { ...sevSnp, machines: ['any'] } }],
    ...[
      ['option-missing options.sevSnp.machines.0.complianceStatus', { complianceStatus: undefined }],
      ['option-invalid options.sevSnp.machines.0.complianceStatus', { complianceStatus: '' }],
      ['option-missing options.sevSnp.machines.0.identity', { identity: undefined }],
      ['option-invalid options.sevSnp.machines.0.identity', { identity: {} }],
      ['option-invalid options.sevSnp.machines.0.identity', { identity: { ...knownSnp.identity, idKeyDigests: [] } }],
      ['option-invalid options.sevSnp.machines.0.identity', { identity: { uvm: {} } }],
      ['option-invalid options.sevSnp.machines.0.identity.measurements', { identity: { measurements: [] } }],
      ['option-invalid options.sevSnp.machines.0.identity.idKeyDigests', { identity: { idKeyDigests: ['AB'] } }],
      ['option-missing options.sevSnp.machines.0.hostData', { hostData: undefined }],
      ['option-invalid options.sevSnp.machines.0.hostData', { hostData: ['AB'.repeat(32)] }],
      ['option-missing options.sevSnp.machines.0.minimumGuestSvn', { minimumGuestSvn: undefined }],
      ['option-invalid options.sevSnp.machines.0.minimumGuestSvn', { minimumGuestSvn: '1' }],
      ['option-unknown options.sevSnp.machines.0.minimumGuestSVN', { minimumGuestSVN: 7 }],
      ['option-missing options.sevSnp.machines.0.maximumVmpl', { maximumVmpl: undefined }],
      ['option-invalid options.sevSnp.machines.0.maximumVmpl', { maximumVmpl: 4 }],
    ].map(([expected, change]): [string, object] => {
      return [String(expected), { sevSnp: { ...sevSnp, machines: [Object.assign({}, knownSnp, change)] } }];
    }),
    ['option-missing options.tdx.machines.0.mrTds', { tdx: { ...tdx, machines: [{ complianceStatus: 'known' }] } }],
    [
      'option-unknown options.tdx.machines.0.rtmrs',
      { tdx: { ...tdx, machines: [{ complianceStatus: 'known', mrTds: [measurementOf(tdxInfo)], rtmrs: [] }] } },
    ],
    ['option-missing options.sevSnp.baseline', { sevSnp: { ...sevSnp, baseline: undefined } }],
    ['option-missing options.sevSnp.collateral', { sevSnp: { ...sevSnp, collateral: undefined } }],
    ['option-missing options.tdx.collateral', { tdx: { ...tdx, collateral: undefined } }],
    ['option-unknown options.tdx.baseline.status', { tdx: { ...tdx, baseline: { status: 'any' } } }],
    ['option-unknown options.sevSnp.machine', { sevSnp: { ...sevSnp, machine: 'any' } }],
    ['option-unknown options.tdx.machine', { tdx: { ...tdx, machine: 'any' } }],
  ];
  for (const [expected, change] of cases) {
    test(`for ${JSON.stringify(change).slice(0, 60)}: ${expected}`, () => {
      const untyped = { ...good, ...change } as AzureGuestOptions;
      assert.equal(
        misuseOf(() => verifyAzureGuest(snpInfo, untyped)),
        expected,
      );
    });
  }

  test('for evidence that is no bytes', () => {
    const text = '{}' as unknown as Uint8Array;
    assert.equal(
      misuseOf(() => verifyAzureGuest(text, good)),
      'option-invalid evidence',
    );
  });
});

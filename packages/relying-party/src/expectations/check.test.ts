import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  accepted,
  codeOf,
  expectations,
  mrSigner,
  policyHash,
  runtimeKey,
  sgxClaims,
  tokenWith,
  verifierWith,
} from '../__fixtures__/tokens.ts';
import type { CommonExpectations, Expectations, TokenExpectations } from '../index.ts';

type Changes = Parameters<typeof tokenWith>[0];

/** Each row is the good token and the good expectations with exactly one thing changed. */
const refusals: [what: string, code: string, token: Changes, expected?: Partial<typeof expectations>][] = [
  ['evidence under a development root', 'development-root', { 'x-atesto-development-root': true }],
  ['a development root claim of any value', 'development-root', { 'x-atesto-development-root': false }],
  ['a debuggable enclave', 'debug-enabled', { 'x-ms-sgx-is-debuggable': true }],
  ['an enclave that does not tell whether it is debuggable', 'debug-unknown', { 'x-ms-sgx-is-debuggable': undefined }],
  ['a debug claim that is no Boolean', 'debug-unknown', { 'x-ms-sgx-is-debuggable': 'false' }],
  ['another attestation type', 'attestation-type-unexpected', { 'x-ms-attestation-type': 'tdxvm' }],
  ['another policy', 'policy-hash-unexpected', { 'x-ms-policy-hash': 'A'.repeat(43) }],
  ['a policy in no list', 'policy-hash-unexpected', {}, { policyHash: ['A'.repeat(43), 'B'.repeat(43)] }],
  ['another nonce', 'nonce-unexpected', { nonce: 'stale' }],
  ['no nonce', 'nonce-unexpected', { nonce: undefined }],
  ['a nonce that is a number where a text is expected', 'nonce-unexpected', { nonce: 1 }, { nonce: { equals: '1' } }],
  ['another signer', 'mr-signer-unexpected', { 'x-ms-sgx-mrsigner': '00'.repeat(32) }],
  ['no signer', 'claim-missing', { 'x-ms-sgx-mrsigner': undefined }],
  ['a signer that is no text', 'claim-malformed', { 'x-ms-sgx-mrsigner': 5 }],
  ['another enclave', 'mr-enclave-unexpected', { 'x-ms-sgx-mrenclave': '00'.repeat(32) }],
  ['another product', 'product-id-unexpected', { 'x-ms-sgx-product-id': 2 }],
  ['a product that is a text', 'product-id-unexpected', { 'x-ms-sgx-product-id': '1' }],
  ['an svn below the minimum', 'svn-too-low', { 'x-ms-sgx-svn': 2 }],
  ['an svn that is a text', 'claim-malformed', { 'x-ms-sgx-svn': '3' }],
  ['no svn', 'claim-missing', { 'x-ms-sgx-svn': undefined }],
  ['a further claim of another value', 'claim-unexpected', { a: 1 }, { claims: { a: 2 } }],
  ['a further claim that is absent', 'claim-unexpected', {}, { claims: { a: null } }],
  ['runtime data without the key', 'runtime-data-unexpected', { 'x-ms-runtime': { keys: [] } }],
  ['no runtime data', 'runtime-data-unexpected', { 'x-ms-runtime': undefined }],
  [
    'a key that differs in one member',
    'runtime-data-unexpected',
    {},
    { runtimeData: { key: { ...runtimeKey, y: 'eXg' } } },
  ],
  [
    'a key of another type',
    'runtime-data-unexpected',
    {},
    { runtimeData: { key: { kty: 'OKP', crv: 'P-256', x: 'eHg' } } },
  ],
  [
    'a key whose member in the token is no text',
    'runtime-data-unexpected',
    { 'x-ms-runtime': { ...runtimeKey, y: 1 } },
  ],
  [
    'JSON runtime data where bytes are expected',
    'runtime-data-unexpected',
    {},
    { runtimeData: { bytes: Uint8Array.of(1) } },
  ],
  ['other JSON runtime data', 'runtime-data-unexpected', {}, { runtimeData: { json: { keys: [] } } }],
  [
    'binary data that is no text where a key is expected',
    'runtime-data-unexpected',
    { 'x-ms-runtime': undefined, 'x-ms-sgx-ehd': '_w' },
  ],
];
for (const [what, code, token, expected = {}] of refusals) {
  test(`refuses ${what}`, async () => {
    const verifier = await verifierWith({ expectations: { ...expectations, ...expected } });
    assert.equal(codeOf(await verifier.verify(await tokenWith(token))), code);
  });
}

const ehd = (text: string): Changes => ({
  'x-ms-runtime': undefined,
  'x-ms-sgx-ehd': Buffer.from(text).toString('base64url'),
});
const acceptances: [what: string, token: Changes, expected?: Partial<typeof expectations>][] = [
  ['anything in place of a measurement, by decision', { 'x-ms-sgx-mrenclave': 'x' }, { mrEnclave: 'any' }],
  ['one signer of a list, in any letter case', {}, { mrSigner: ['00'.repeat(32), mrSigner.toUpperCase()] }],
  ['an svn above the minimum', { 'x-ms-sgx-svn': 4 }],
  ['no svn, by decision', { 'x-ms-sgx-svn': undefined }, { minimumSvn: 'any' }],
  ['a debuggable enclave, by decision', { 'x-ms-sgx-is-debuggable': true }, { debuggable: 'any' }],
  ['a development root, by decision', { 'x-atesto-development-root': true }, { developmentRoot: 'any' }],
  ['no nonce, by decision', { nonce: undefined }, { nonce: 'any' }],
  ['no runtime data, by decision', { 'x-ms-runtime': undefined }, { runtimeData: 'any' }],
  ['a key that is the runtime data', { 'x-ms-runtime': runtimeKey }],
  ['a key as jwk of the runtime data', { 'x-ms-runtime': { jwk: runtimeKey } }],
  ['a key within binary runtime data', ehd(JSON.stringify({ jwk: runtimeKey }))],
  ['binary runtime data', ehd('\u0001abc'), { runtimeData: { bytes: Buffer.from('\u0001abc') } }],
  [
    'JSON runtime data whatever the order of members',
    { 'x-ms-runtime': { a: [1], b: { c: null } } },
    { runtimeData: { json: { b: { c: null }, a: [1] } } },
  ],
  [
    'JSON runtime data given as its text',
    { 'x-ms-runtime': { a: [1], b: { c: 9007199254740993n } } },
    { runtimeData: { json: '{"b":{"c":9007199254740993},"a":[1]}' } },
  ],
  [
    'JSON runtime data given as the bytes of its text',
    { 'x-ms-runtime': { a: 1 } },
    { runtimeData: { json: Buffer.from('{"a":1}') } },
  ],
  ['a further claim, the number as bigint', { a: 2 }, { claims: { a: 2n } }],
];
for (const [what, token, expected = {}] of acceptances) {
  test(`accepts ${what}`, async () => {
    const verifier = await verifierWith({ expectations: { ...expectations, ...expected } });
    accepted(await verifier.verify(await tokenWith(token)));
  });
}

const common: CommonExpectations = { policyHash, nonce: 'any', runtimeData: 'any' };
const measurement = 'ab'.repeat(48);
const environments: { expected: Expectations; good: Changes; bad: Record<string, Changes> }[] = [
  {
    expected: { ...common, attestationType: 'SevSnpVm', launchMeasurement: measurement, minimumGuestSvn: 2 },
    good: {
      'x-ms-attestation-type': 'sevsnpvm',
      'x-ms-sevsnpvm-is-debuggable': false,
      'x-ms-sevsnpvm-launchmeasurement': measurement,
      'x-ms-sevsnpvm-guestsvn': 2,
    },
    bad: {
      'debug-enabled': { 'x-ms-sevsnpvm-is-debuggable': true },
      'launch-measurement-unexpected': { 'x-ms-sevsnpvm-launchmeasurement': '00'.repeat(48) },
      'guest-svn-too-low': { 'x-ms-sevsnpvm-guestsvn': 1 },
    },
  },
  {
    expected: {
      ...common,
      attestationType: 'SevSnpVm',
      launchMeasurement: 'any',
      minimumGuestSvn: 'any',
      claims: { 'x-ms-sevsnpvm-migration-allowed': false },
    },
    good: {
      'x-ms-attestation-type': 'sevsnpvm',
      'x-ms-sevsnpvm-is-debuggable': false,
      'x-ms-sevsnpvm-migration-allowed': false,
    },
    bad: { 'claim-unexpected': { 'x-ms-sevsnpvm-migration-allowed': true } },
  },
  {
    expected: { ...common, attestationType: 'TdxVm', mrTd: measurement },
    good: { 'x-ms-attestation-type': 'tdxvm', tdx_td_attributes_debug: false, tdx_mrtd: measurement },
    bad: {
      'debug-enabled': { tdx_td_attributes_debug: true },
      'mr-td-unexpected': { tdx_mrtd: '00'.repeat(48) },
    },
  },
  ...['10', '20', '40'].map((profiling) => ({
    // An issuer that looks at DEBUG alone: the host may profile the domain.
    expected: { ...common, attestationType: 'TdxVm' as const, mrTd: measurement },
    good: {
      'x-ms-attestation-type': 'tdxvm',
      tdx_td_attributes_debug: false,
      tdx_td_attributes: '0000011000000000',
      tdx_mrtd: measurement,
    },
    bad: {
      'debug-enabled': { tdx_td_attributes: `${profiling}00001000000000` },
      'debug-unknown': { tdx_td_attributes: 'none' },
    },
  })),
  {
    expected: { ...common, attestationType: 'AzureGuest' },
    good: {
      'x-ms-attestation-type': 'azurevm',
      'x-ms-isolation-tee': { 'x-ms-attestation-type': 'sevsnpvm', 'x-ms-sevsnpvm-is-debuggable': false },
    },
    bad: {
      'debug-enabled': {
        'x-ms-isolation-tee': { 'x-ms-attestation-type': 'sevsnpvm', 'x-ms-sevsnpvm-is-debuggable': true },
      },
      'debug-unknown': { 'x-ms-isolation-tee': { 'x-ms-attestation-type': 'azurevm' } },
    },
  },
  {
    expected: { ...common, attestationType: 'Tpm', debuggable: 'any' },
    good: { 'x-ms-attestation-type': 'tpm' },
    bad: { 'attestation-type-unexpected': { 'x-ms-attestation-type': 'vbs' } },
  },
  {
    expected: { ...common, attestationType: 'any' },
    good: {},
    bad: { 'debug-unknown': { 'x-ms-attestation-type': 'tpm' } },
  },
];
for (const { expected, good, bad } of environments) {
  test(`accepts a good token of type ${expected.attestationType}`, async () => {
    accepted(await (await verifierWith({ expectations: expected })).verify(await tokenWith(good)));
  });
  for (const [code, change] of Object.entries(bad)) {
    test(`refuses a token of type ${expected.attestationType} with ${code}`, async () => {
      const verifier = await verifierWith({ expectations: expected });
      assert.equal(codeOf(await verifier.verify(await tokenWith({ ...good, ...change }))), code);
    });
  }
}

describe('the hardware below an Azure machine', async () => {
  const hardware = {
    'x-ms-attestation-type': 'sevsnpvm',
    'x-ms-compliance-status': 'azure-compliant-cvm',
    'x-ms-sevsnpvm-is-debuggable': false,
    'x-ms-sevsnpvm-migration-allowed': false,
  };
  const isolationClaims = {
    'x-ms-compliance-status': 'azure-compliant-cvm',
    'x-ms-sevsnpvm-migration-allowed': false,
  };
  const verifier = await verifierWith({ expectations: { ...common, attestationType: 'AzureGuest', isolationClaims } });
  const verdictOn = async (isolationTee: NonNullable<Changes>[string], more: Changes = {}) => {
    const claims = { 'x-ms-attestation-type': 'azurevm', 'x-ms-isolation-tee': isolationTee, ...more };
    return verifier.verify(await tokenWith(claims));
  };

  test('is accepted with the claims that are expected of it', async () => {
    accepted(await verdictOn({ ...hardware, 'x-ms-sevsnpvm-vmpl': 0 }));
  });

  const { 'x-ms-compliance-status': _, ...unknown } = hardware;
  for (const [what, code, bad] of [
    ['of another compliance status', 'claim-unexpected', { ...hardware, 'x-ms-compliance-status': 'mine' }],
    ['without a compliance status', 'claim-unexpected', unknown],
    ['for migration agents', 'claim-unexpected', { ...hardware, 'x-ms-sevsnpvm-migration-allowed': true }],
    ['that can be debugged', 'debug-enabled', { ...hardware, 'x-ms-sevsnpvm-is-debuggable': true }],
  ] as const) {
    test(`is refused ${what}, whatever the machine says of itself`, async () => {
      const verdict = await verdictOn(bad, { ...isolationClaims, 'x-ms-sevsnpvm-is-debuggable': false });
      assert.equal(codeOf(verdict), code);
    });
  }

  test('is refused when it is missing, although debugging is accepted', async () => {
    const lenient = { ...common, attestationType: 'AzureGuest', isolationClaims, debuggable: 'any' } as const;
    const token = await tokenWith({ 'x-ms-attestation-type': 'azurevm', ...isolationClaims });
    const verdict = await (await verifierWith({ expectations: lenient })).verify(token);
    assert.deepEqual(verdict, {
      ok: false,
      refusal: {
        code: 'claim-unexpected',
        where: 'x-ms-isolation-tee.x-ms-compliance-status',
        why: 'the claim x-ms-isolation-tee.x-ms-compliance-status does not have the expected value',
      },
    });
  });
});

test('takes nonce and runtime data of one token in place of the general expectation', async () => {
  const verifier = await verifierWith();
  const token = await tokenWith({ nonce: 'second' });
  assert.equal(codeOf(await verifier.verify(token)), 'nonce-unexpected');
  accepted(await verifier.verify(token, { nonce: { equals: 'second' } }));
  assert.equal(
    codeOf(await verifier.verify(await tokenWith(), { runtimeData: { bytes: Uint8Array.of(1) } })),
    'runtime-data-unexpected',
  );
});

test('a token expectation that is left undefined or is none is a fault of the caller, not of the token', async () => {
  const verifier = await verifierWith();
  const token = await tokenWith();
  const twoKinds = { runtimeData: { json: sgxClaims['x-ms-runtime'], key: { ...runtimeKey, y: 'eXg' } } };
  const undecided = [{ nonce: undefined }, { nonce: 'fresh' }, { debuggable: 'any' }, { runtimeData: {} }, twoKinds];
  const elsewhere = [
    new Map([['nonce', { equals: 'fresh' }]]),
    Object.create({ nonce: { equals: 'fresh' } }),
    new (class {
      get nonce() {
        return { equals: 'fresh' };
      }
    })(),
  ];
  for (const wrong of [...undecided, ...elsewhere]) {
    const unsound: object = wrong;
    const untyped: TokenExpectations = unsound;
    const misuse = { name: 'ConfigurationError', code: 'expectation-malformed' };
    await assert.rejects(verifier.verify(token, untyped), misuse);
    await assert.rejects(verifier.verify('no token', untyped), misuse);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectations, issuer } from './__fixtures__/tokens.ts';
import { ConfigurationError, createVerifier, type Expectations } from './index.ts';

type Options = Parameters<typeof createVerifier>[0];

function configurationCode(options: object): string {
  // What a caller without types can pass.
  const untyped = { issuers: [issuer], expectations, ...options } as Options;
  try {
    createVerifier(untyped);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return error.code;
  }
  return assert.fail('was not refused');
}

for (const name of [
  'attestationType',
  'policyHash',
  'nonce',
  'runtimeData',
  'mrSigner',
  'mrEnclave',
  'productId',
  'minimumSvn',
]) {
  test(`demands a decision on ${name}`, () => {
    assert.equal(configurationCode({ expectations: { ...expectations, [name]: undefined } }), 'decision-missing');
  });
}

const malformed: Record<string, object> = {
  'a type that is not known': { attestationType: 'toaster' },
  'a type that is a member of every object': { attestationType: 'constructor' },
  'a signer that is too short': { mrSigner: 'ab' },
  'a signer that is not hex': { mrSigner: 'zz'.repeat(32) },
  'an empty list': { mrEnclave: [] },
  'a policy hash that is not one': { policyHash: 'x' },
  'an svn that is a text': { minimumSvn: '1' },
  'a product id out of range': { productId: 65536 },
  'a nonce without its wrapping': { nonce: 'fresh' },
  'a nonce that was rounded': { nonce: { equals: 2 ** 64 } },
  'a nonce with more than its value': { nonce: { equals: 'fresh', notBefore: 1 } },
  'runtime data of no kind': { runtimeData: {} },
  'runtime data of two kinds': {
    runtimeData: { json: '{}', key: { kty: 'OKP', crv: 'Ed25519', x: 'eHg' } },
  },
  'runtime data with a kind that is left undefined': { runtimeData: { bytes: undefined, json: '{}' } },
  'a key that is none': { runtimeData: { key: 'AAAA' } },
  'debuggable enclaves alone': { debuggable: true },
  'a development root alone': { developmentRoot: true },
  'further claims in a Map': { claims: new Map([['a', 1]]) },
  'further claims that are inherited': { claims: Object.create({ a: 1 }) },
  'further claims that are undefined': { claims: { a: undefined } },
  'an expectation of another kind of environment': { launchMeasurement: 'any' },
  'claims of isolation for what is no Azure machine': { isolationClaims: {} },
  'a misspelt expectation': { mrSinger: 'any' },
  'an attestation type by the name of its claim': { attestationType: 'sgx' },
  'a type whose tokens are of another': { attestationType: 'OpenEnclave' },
  'a key of which a member is missing': { runtimeData: { key: { kty: 'EC', crv: 'P-256', x: 'eHg' } } },
  'a shared secret as key': { runtimeData: { key: { kty: 'oct', k: 'AA' } } },
  'JSON runtime data that is a list': { runtimeData: { json: [] } },
  'JSON runtime data whose text is no JSON': { runtimeData: { json: '{' } },
};
for (const [what, change] of Object.entries(malformed)) {
  test(`refuses to be set up with ${what}`, () => {
    assert.equal(configurationCode({ expectations: { ...expectations, ...change } }), 'expectation-malformed');
  });
}

test('refuses expectations of which some are inherited', () => {
  const inheriting: object = Object.assign(Object.create({ claims: { a: 1 } }), expectations);
  assert.equal(configurationCode({ expectations: inheriting }), 'decision-missing');
});

test('refuses issuers that are not https URIs, save on loopback', () => {
  for (const wrong of [
    'http://attest.example',
    `${issuer}/`,
    `${issuer}?x`,
    'https://u@attest.example',
    'x',
    'file:///x',
  ]) {
    assert.equal(configurationCode({ issuers: [wrong] }), 'issuer-invalid');
  }
  assert.equal(configurationCode({ issuers: [] }), 'issuer-invalid');
  assert.ok(createVerifier({ issuers: ['http://localhost:1', 'http://127.0.0.1:1', 'http://[::1]:1'], expectations }));
});

test('refuses options out of range', () => {
  const wrong = [
    { clockSkewSeconds: -1 },
    { clockSkewSeconds: 601 },
    { cacheSeconds: Number.NaN },
    { cooldownSeconds: 0 },
    { timeoutSeconds: 0 },
    { algorithms: [] },
    { algorithms: ['none'] },
    { algorithms: ['HS256'] },
    { algorithms: 'RS256' },
    { timeoutSeconds: '10' },
    { fetch: 'fetch' },
    { clock: new Date() },
  ];
  for (const options of wrong) assert.equal(configurationCode(options), 'option-invalid');
});

test('refuses a given key set that is none', () => {
  for (const keySet of [{}, [], 'x', { keys: 1 }]) {
    assert.equal(configurationCode({ keySets: { [issuer]: keySet } }), 'option-invalid');
  }
});

test('names an option that does not exist, and an object that is none', () => {
  assert.equal(configurationCode({ timeoutMilliseconds: 10 }), 'option-unknown');
  assert.equal(configurationCode({ expectations: 'any' }), 'decision-missing');
  assert.throws(() => createVerifier(JSON.parse('null')), ConfigurationError);
});

test('says in words what was expected of which option', () => {
  const message = /^options\.expectations\.mrSigner: expected 64 hex digits, a list of such, or 'any'$/;
  assert.throws(() => createVerifier({ issuers: [issuer], expectations: { ...expectations, mrSigner: 'ab' } }), {
    message,
  });
});

test('takes an option that is undefined as left out', () => {
  const options: object = { clockSkewSeconds: undefined, fetch: undefined };
  assert.ok(createVerifier({ issuers: [issuer], expectations, ...options }));
});

test('takes complete expectations of every kind of environment', () => {
  const common = { policyHash: 'any', nonce: 'any', runtimeData: 'any' } as const;
  const complete: Expectations[] = [
    expectations,
    { ...common, attestationType: 'SevSnpVm', launchMeasurement: 'any', minimumGuestSvn: 'any' },
    { ...common, attestationType: 'TdxVm', mrTd: 'any' },
    { ...common, attestationType: 'AzureGuest', isolationClaims: { 'x-ms-compliance-status': 'mine' } },
    ...(['Tpm', 'VbsEnclave', 'AzureGuest', 'any'] as const).map((attestationType) => ({ ...common, attestationType })),
  ];
  for (const each of complete) assert.ok(createVerifier({ issuers: [issuer], expectations: each }));
});

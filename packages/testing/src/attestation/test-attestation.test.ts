/** Test tokens are accepted by the relying party's verifier for what they say, and for nothing else. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createVerifier, type Expectations } from '@atesto/relying-party';
import { ConfigurationError, createTestAttestation, type TestTokenContents } from '../index.ts';

const issuer = 'https://attest.example/providers/one';
const now = new Date('2026-06-01T12:00:00Z');
const attestation = createTestAttestation({ issuer, clock: () => now });
const mrSigner = '8f'.repeat(32);
const runtimeKey = { kty: 'EC', crv: 'P-256', x: 'eHg', y: 'eXk' };
const common = { policyHash: 'any', nonce: 'any', runtimeData: 'any' } as const;
const enclave = { ...common, attestationType: 'SgxEnclave', mrEnclave: 'any', productId: 'any' } as const;

async function verdict(contents: TestTokenContents, expectations: Expectations): Promise<string> {
  const verifier = createVerifier({ ...attestation.verifierOptions, expectations });
  const verified = await verifier.verify(attestation.token(contents));
  return verified.ok ? 'accepted' : verified.refusal.code;
}

const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

test('a token of an enclave is judged by signer, version, debugging and key', async () => {
  const expected: Expectations = { ...enclave, mrSigner, minimumSvn: 3, runtimeData: { key: runtimeKey } };
  const good = { sgx: { mrSigner, svn: 3 }, runtimeKey };
  assert.equal(await verdict(good, expected), 'accepted');
  assert.equal(await verdict({ ...good, sgx: { svn: 3 } }, expected), 'mr-signer-unexpected');
  assert.equal(await verdict({ ...good, sgx: { mrSigner, svn: 2 } }, expected), 'svn-too-low');
  assert.equal(await verdict({ ...good, sgx: { mrSigner, svn: 3, debug: true } }, expected), 'debug-enabled');
  assert.equal(await verdict({ sgx: { mrSigner, svn: 3 } }, expected), 'runtime-data-unexpected');
  assert.equal(await verdict({ ...good, developmentRoot: true }, expected), 'development-root');
  assert.equal(await verdict({ ...good, issuedAt: new Date('2026-06-01T00:00:00Z') }, expected), 'token-expired');
});

test('a token of a trust domain is judged by measurement and debugging', async () => {
  const mrTd = 'ab'.repeat(48);
  const expected: Expectations = { ...common, attestationType: 'TdxVm', mrTd };
  assert.equal(await verdict({ tdx: { mrTd } }, expected), 'accepted');
  assert.equal(await verdict({ tdx: {} }, expected), 'mr-td-unexpected');
  assert.equal(await verdict({ tdx: { mrTd, debug: true } }, expected), 'debug-enabled');
  assert.equal(claimsOf(attestation.token({ tdx: { debug: true } })).tdx_td_attributes, '0100001000000000');
});

test('a token of a guest is judged by measurement, version and debugging', async () => {
  const launchMeasurement = 'CD'.repeat(48);
  const expected: Expectations = { ...common, attestationType: 'SevSnpVm', launchMeasurement, minimumGuestSvn: 2 };
  assert.equal(await verdict({ sevsnp: { launchMeasurement, guestSvn: 2 } }, expected), 'accepted');
  assert.equal(await verdict({ sevsnp: { guestSvn: 2 } }, expected), 'launch-measurement-unexpected');
  assert.equal(await verdict({ sevsnp: { launchMeasurement } }, expected), 'guest-svn-too-low');
  assert.equal(await verdict({ sevsnp: { launchMeasurement, guestSvn: 2, debug: true } }, expected), 'debug-enabled');
});

test('nonce, policy and data stand in their claims, exact, and the report data commits to the data', () => {
  const json = '{"nested":{"n":9007199254740993}}';
  const token = attestation.token({
    sgx: {},
    nonce: 18446744073709551615n,
    policyHash: 'A'.repeat(43),
    runtimeData: { json },
    lifetimeSeconds: 60,
  });
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  assert.match(payload, /"nonce":18446744073709551615,/);
  assert.match(payload, /"x-ms-runtime":\{"nested":\{"n":9007199254740993\}\}/);
  const claims = claimsOf(token);
  const reportData = createHash('sha256').update(json).digest('hex') + '00'.repeat(32);
  const iat = now.getTime() / 1000;
  assert.deepEqual(
    [claims['x-ms-sgx-report-data'], claims['x-ms-policy-hash'], claims.iat, claims.exp],
    [reportData, 'A'.repeat(43), iat, iat + 60],
  );
  const binary = claimsOf(attestation.token({ sgx: {}, runtimeData: { bytes: Uint8Array.of(0xfb, 0xff) } }));
  assert.deepEqual([binary['x-ms-sgx-ehd'], binary['maa-ehd']], ['-_8', '-_8']);
});

test('claims are added, put in place of others, and left out', () => {
  const claims = claimsOf(attestation.token({ sgx: {}, claims: { tier: 'gold', iss: 'other', jti: undefined } }));
  assert.deepEqual([claims.tier, claims.iss, 'jti' in claims], ['gold', 'other', false]);
});

test('another attestation of the same issuer is a stranger', async () => {
  const stranger = createTestAttestation({ issuer, clock: () => now });
  const expectations: Expectations = { ...enclave, mrSigner: 'any', minimumSvn: 'any' };
  const verifier = createVerifier({ ...attestation.verifierOptions, expectations });
  const verified = await verifier.verify(stranger.token({ sgx: {} }));
  assert.equal(!verified.ok && verified.refusal.code, 'key-unknown');
});

const misuses: Record<string, [contents: object, option: string]> = {
  'nothing at all': [{}, 'contents'],
  'two environments': [{ sgx: {}, tdx: {} }, 'contents'],
  'a misspelt member': [{ sgx: {}, runtimeKeys: [] }, 'contents.runtimeKeys'],
  'a misspelt member of an enclave': [{ sgx: { mrsigner: mrSigner } }, 'contents.sgx.mrsigner'],
  'a misspelt member of a trust domain': [{ tdx: { mrtd: '' } }, 'contents.tdx.mrtd'],
  'a misspelt member of a guest': [{ sevsnp: { measurement: '' } }, 'contents.sevsnp.measurement'],
  'a signer that is too short': [{ sgx: { mrSigner: 'ab' } }, 'contents.sgx.mrSigner'],
  'code that is not hex': [{ sgx: { mrEnclave: 'zz'.repeat(32) } }, 'contents.sgx.mrEnclave'],
  'a product out of range': [{ sgx: { productId: 65536 } }, 'contents.sgx.productId'],
  'a version that is a text': [{ sgx: { svn: '1' } }, 'contents.sgx.svn'],
  'debugging that is a text': [{ sgx: { debug: 'no' } }, 'contents.sgx.debug'],
  'an MRTD of an enclave': [{ tdx: { mrTd: mrSigner } }, 'contents.tdx.mrTd'],
  'debugging of a domain that is a number': [{ tdx: { debug: 1 } }, 'contents.tdx.debug'],
  'a measurement that is too long': [
    { sevsnp: { launchMeasurement: 'ab'.repeat(64) } },
    'contents.sevsnp.launchMeasurement',
  ],
  'a negative version of a guest': [{ sevsnp: { guestSvn: -1 } }, 'contents.sevsnp.guestSvn'],
  'debugging of a guest that is null': [{ sevsnp: { debug: null } }, 'contents.sevsnp.debug'],
  'a key beside data': [{ sgx: {}, runtimeKey, runtimeData: { json: '{}' } }, 'contents.runtimeKey'],
  'a key that is none': [{ sgx: {}, runtimeKey: { x: 'eHg' } }, 'contents.runtimeKey'],
  'JSON data that is a list': [{ sgx: {}, runtimeData: { json: '[]' } }, 'contents.runtimeData'],
  'a policy hash that is none': [{ sgx: {}, policyHash: 'x' }, 'contents.policyHash'],
  'a time of issue that is none': [{ sgx: {}, issuedAt: new Date(Number.NaN) }, 'contents.issuedAt'],
  'a lifetime of nothing': [{ sgx: {}, lifetimeSeconds: 0 }, 'contents.lifetimeSeconds'],
  'a development root that is a text': [{ sgx: {}, developmentRoot: 'yes' }, 'contents.developmentRoot'],
  'claims that are a list': [{ sgx: {}, claims: [] }, 'contents.claims'],
};
for (const [what, [contents, option]] of Object.entries(misuses)) {
  test(`${what}: a configuration error at ${option}`, () => {
    const isMisuse = (error: unknown): boolean => error instanceof ConfigurationError && error.option === option;
    assert.throws(() => attestation.token(contents), isMisuse);
  });
}

test('an issuer that no relying party can pin, and an unknown option, are configuration errors', () => {
  for (const wrong of ['http://attest.example', `${issuer}/`, `${issuer}?x`, 'https://u@attest.example', 'x', 1]) {
    const options: object = { issuer: wrong };
    assert.throws(() => createTestAttestation(options as { issuer: string }), ConfigurationError);
  }
  const misspelt: object = { issuer, clok: () => now };
  assert.throws(() => createTestAttestation(misspelt as { issuer: string }), /options\.clok/);
  assert.ok(createTestAttestation({ issuer: 'http://localhost:1' }));
});

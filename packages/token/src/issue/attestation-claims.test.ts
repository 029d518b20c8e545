import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accepted, codeOf, issuer } from '../__fixtures__/keys.ts';
import { type AttestationFacts, attestationClaims, managementClaims } from '../index.ts';

const facts: AttestationFacts = {
  issuer,
  issuedAt: new Date('2026-11-24T08:00:00.999Z'),
  jti: new Uint8Array(32).fill(0xab),
  attestationType: 'sevsnpvm',
  policyHash: '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco',
  appraisalClaims: [],
  policyClaims: [],
  developmentRoot: false,
};
const iat = 1_795_507_200;
const frame = {
  exp: iat + 28800,
  iat,
  iss: issuer,
  jti: 'ab'.repeat(32),
  nbf: iat,
  'x-ms-attestation-type': 'sevsnpvm',
  'x-ms-policy-hash': facts.policyHash,
  'x-ms-ver': '1.0',
};

test('gives every token issuer, times in whole seconds never in the future, id, version, type and policy hash', () => {
  assert.deepEqual(accepted(attestationClaims(facts)), frame);
});

test('sorts the claims by name', () => {
  const names = Object.keys(accepted(attestationClaims({ ...facts, nonce: 'n', policyClaims: [['b', 1]] })));
  assert.deepEqual(names, [...names].sort());
});

test('takes the lifetime from the caller when the attestation type has its own', () => {
  const claims = accepted(attestationClaims({ ...facts, attestationType: 'tpm', lifetimeSeconds: 86_400 }));
  assert.equal(claims.exp, iat + 86_400);
});

test('adds nonce, policy signer, runtime and init-time data as JSON when there are any', () => {
  const claims = accepted(
    attestationClaims({
      ...facts,
      nonce: 18446744073709551615n,
      policySigner: { jwk: { kty: 'RSA' } },
      runtimeData: { json: { keys: [{ kid: 'k' }], big: 9007199254740993n } },
      initTimeData: { json: { a: 1 } },
    }),
  );
  assert.deepEqual(claims, {
    ...frame,
    nonce: 18446744073709551615n,
    'x-ms-policy-signer': { jwk: { kty: 'RSA' } },
    'x-ms-runtime': { keys: [{ kid: 'k' }], big: 9007199254740993n },
    'x-ms-inittime': { a: 1 },
  });
});

test('puts binary data as base64url without padding', () => {
  const bytes = Uint8Array.of(0xfb, 0xff, 0xfe, 0);
  const claims = accepted(
    attestationClaims({
      ...facts,
      runtimeData: { bytes },
      initTimeData: { bytes },
    }),
  );
  assert.deepEqual(claims, { ...frame, 'x-ms-sgx-ehd': '-__-AA', 'x-ms-inittime': '-__-AA' });
});

test('repeats SGX claims under their deprecated names', () => {
  const claims = accepted(
    attestationClaims({
      ...facts,
      attestationType: 'sgx',
      nonce: 'n',
      policySigner: { jwk: {} },
      runtimeData: { bytes: Uint8Array.of(1) },
      appraisalClaims: [
        ['x-ms-sgx-svn', 3],
        ['x-ms-sgx-collateral', { quotehash: 'q' }],
      ],
    }),
  );
  assert.deepEqual(claims, {
    ...frame,
    'x-ms-attestation-type': 'sgx',
    nonce: 'n',
    rp_data: 'n',
    'x-ms-policy-signer': { jwk: {} },
    policy_signer: { jwk: {} },
    'x-ms-sgx-ehd': 'AQ',
    'maa-ehd': 'AQ',
    'aas-ehd': 'AQ',
    'x-ms-sgx-svn': 3,
    'x-ms-sgx-collateral': { quotehash: 'q' },
    'maa-attestationcollateral': { quotehash: 'q' },
    ver: '1.0',
    policy_hash: facts.policyHash,
    'maa-policyHash': facts.policyHash,
  });
});

test('says in a claim that a development root vouches for the evidence', () => {
  assert.deepEqual(accepted(attestationClaims({ ...facts, developmentRoot: true })), {
    ...frame,
    'x-atesto-development-root': true,
  });
});

test('lets a policy restate a claim of the appraisal and issue its own', () => {
  const claims = accepted(
    attestationClaims({
      ...facts,
      appraisalClaims: [['x-ms-sevsnpvm-guestsvn', 2]],
      policyClaims: [
        ['x-ms-sevsnpvm-guestsvn', 2n],
        ['tee', 'sevsnpvm'],
        ['__proto__', 'x'],
      ],
    }),
  );
  assert.deepEqual(
    Object.entries(claims).filter(([name]) => !Object.hasOwn(frame, name)),
    [
      ['__proto__', 'x'],
      ['tee', 'sevsnpvm'],
      ['x-ms-sevsnpvm-guestsvn', 2n],
    ],
  );
});

test('refuses a policy claim that contradicts the appraisal', () => {
  const contradicted = { ...facts, appraisalClaims: [['x-ms-sevsnpvm-is-debuggable', true]] as const };
  for (const name of ['x-ms-sevsnpvm-is-debuggable', 'X-MS-sevsnpvm-is-debuggable']) {
    const refused = attestationClaims({ ...contradicted, policyClaims: [[name, false]] });
    assert.equal(codeOf(refused), 'claim-collision');
  }
});

test('refuses a policy claim that differs in letter case alone from one of the service', () => {
  const appraisalClaims = [['x-ms-sgx-svn', 1]] as const;
  assert.equal(
    codeOf(attestationClaims({ ...facts, appraisalClaims, policyClaims: [['X-ms-sgx-svn', 1]] })),
    'claim-collision',
  );
});

test('refuses appraisal claims that contradict the service', () => {
  assert.equal(
    codeOf(attestationClaims({ ...facts, appraisalClaims: [['x-ms-attestation-type', 'sgx']] })),
    'claim-collision',
  );
});

for (const name of ['iss', 'EXP', 'nonce', 'cnf', 'aud', 'x-ms-runtime', 'X-MS-Policy', 'x-atesto-development-root']) {
  test(`refuses a policy that issues the reserved claim ${name}`, () => {
    assert.equal(codeOf(attestationClaims({ ...facts, policyClaims: [[name, 'x']] })), 'claim-reserved');
  });
}

test('refuses a token id that is not 32 bytes', () => {
  assert.equal(codeOf(attestationClaims({ ...facts, jti: new Uint8Array(31) })), 'jti-invalid');
});

test('refuses lifetimes that are not whole seconds from one to a year, and a time of issue that is none', () => {
  for (const lifetimeSeconds of [0, -1, 1.5, 366 * 86_400 + 1, Number.NaN]) {
    assert.equal(codeOf(attestationClaims({ ...facts, lifetimeSeconds })), 'lifetime-invalid');
  }
  assert.equal(codeOf(attestationClaims({ ...facts, issuedAt: new Date(Number.NaN) })), 'lifetime-invalid');
});

test('refuses an issuer that is no provider URI', () => {
  assert.equal(codeOf(attestationClaims({ ...facts, issuer: 'https://localhost/' })), 'issuer-invalid');
});

test('gives management replies 3600 seconds and nothing but exp, iat, iss, nbf and their own claims', () => {
  const claims = { 'x-ms-policy-result': 'Updated', 'x-ms-policy-token-hash': 'h' };
  assert.deepEqual(accepted(managementClaims({ issuer, issuedAt: facts.issuedAt, claims })), {
    ...claims,
    exp: iat + 3600,
    iat,
    iss: issuer,
    nbf: iat,
  });
});

test('refuses a management reply that sets its own issuer', () => {
  assert.equal(
    codeOf(managementClaims({ issuer, issuedAt: facts.issuedAt, claims: { iss: 'https://other' } })),
    'claim-collision',
  );
});

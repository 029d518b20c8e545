/** Tokens for the tests of this package, issued by the token package, and what a relying party expects of them. */
import assert from 'node:assert/strict';
import {
  generateSigningKey,
  issueToken,
  type JsonObject,
  jwks,
  type SigningAlgorithm,
  type SigningKey,
  type TokenOutcome,
} from '@atesto/token';
import { createVerifier, type Outcome, type SgxExpectations, type Verifier, type VerifierOptions } from '../index.ts';

export const issuer = 'https://attest.example/providers/one';
export const iat = 1_795_507_200;
export const now = new Date((iat + 10) * 1000);

/** The value of an outcome; fails the test on a refusal. */
export function accepted<Value>(outcome: Outcome<Value> | TokenOutcome<Value>): Value {
  assert.ok(outcome.ok, outcome.ok ? '' : `${outcome.refusal.code}: ${outcome.refusal.why}`);
  return outcome.value;
}

/** The code of a refusal; fails the test on a value. */
export function codeOf(outcome: Outcome<unknown>): string {
  assert.ok(!outcome.ok, 'was not refused');
  return outcome.refusal.code;
}

const made = new Map<string, Promise<SigningKey>>();

/** A key of an algorithm, made once for each name. */
export function keyOf(algorithm: SigningAlgorithm = 'ES256', name = 'first'): Promise<SigningKey> {
  const id = `${algorithm} ${name}`;
  const notBefore = new Date(now.getTime() - 86_400_000);
  const notAfter = new Date(now.getTime() + 86_400_000);
  const key = made.get(id) ?? generateSigningKey({ algorithm, issuer, notBefore, notAfter }).then(accepted<SigningKey>);
  made.set(id, key);
  return key;
}

export const mrSigner = '83d719e77deaca1470f6baf62a4d774303c899db69020f9c70ee1dfc08c7ce9e';
export const mrEnclave = 'e9d7c9c5f4a1b2030405060708090a0b0c0d0e0f101112131415161718191a1b';
export const policyHash = '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco';
export const runtimeKey = { kty: 'EC', crv: 'P-256', x: 'eHg', y: 'eXk' };

/** The claims of a good SGX token. */
export const sgxClaims: JsonObject = {
  iss: issuer,
  iat,
  nbf: iat,
  exp: iat + 28_800,
  jti: 'ab'.repeat(32),
  nonce: 'fresh',
  'x-ms-ver': '1.0',
  'x-ms-attestation-type': 'sgx',
  'x-ms-policy-hash': policyHash,
  'x-ms-runtime': {
    keys: [
      { kid: 'other', kty: 'RSA' },
      { ...runtimeKey, kid: 'enclave' },
    ],
  },
  'x-ms-sgx-is-debuggable': false,
  'x-ms-sgx-mrsigner': mrSigner,
  'x-ms-sgx-mrenclave': mrEnclave,
  'x-ms-sgx-product-id': 1,
  'x-ms-sgx-svn': 3,
};

/** Expectations that the good token meets, every decision made. */
export const expectations: SgxExpectations = {
  attestationType: 'SgxEnclave',
  policyHash,
  nonce: { equals: 'fresh' },
  runtimeData: { key: runtimeKey },
  mrSigner,
  mrEnclave,
  productId: 1,
  minimumSvn: 3,
};

/** A good token, or one with changed claims: `undefined` takes a claim out. */
export async function tokenWith(
  changes: Readonly<Record<string, JsonObject[string] | undefined>> = {},
  key?: SigningKey,
): Promise<string> {
  const kept = Object.entries({ ...sgxClaims, ...changes }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return accepted(issueToken(key ?? (await keyOf()), Object.fromEntries(kept)));
}

/** A verifier that has the issuer's keys already, at the time of the tests. */
export async function verifierWith(changes: Partial<VerifierOptions> = {}, ...keys: SigningKey[]): Promise<Verifier> {
  const keySets = { [issuer]: jwks(keys.length > 0 ? keys : [await keyOf()]) };
  return createVerifier({ issuers: [issuer], expectations, keySets, clock: () => now, ...changes });
}

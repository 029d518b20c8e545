/** Signed policies and access tokens against Wycheproof's JSON Web Signatures and Keys. Each disagreement has its reason here. */
import assert from 'node:assert/strict';
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { test } from 'node:test';
import { keyFault, nodeKeyFacts, Refused } from '@atesto/core';
import { readVector, vectorsMissing } from '@atesto/vectors';
import { compactVerify, errors } from 'jose';
import { accessTokenAlgorithms } from '../identity/access-token.ts';
import { acceptedKeySet } from '../identity/openid-issuer.ts';
import { parseJws } from './jws.ts';
import { checkSignature } from './signature.ts';

const folder = ['conformance', 'wycheproof'] as const;

interface Key extends JsonWebKey {
  readonly kty: string;
  readonly keys?: readonly Key[];
}
interface Group {
  readonly comment: string;
  readonly private: Key;
  readonly public?: Key;
  readonly tests: readonly {
    readonly tcId: number;
    readonly comment: string;
    readonly jws: unknown;
    readonly result: string;
  }[];
}
type Judge = (jws: unknown, keys: readonly Key[]) => Promise<string>;

/** As a policy whose certificate holds the first key; certificates hold no other kinds of keys. */
const policySigner: Judge = async (given, [key = assert.fail()]) => {
  try {
    if (typeof given !== 'string') return 'no text';
    const jws = parseJws(given, 'body');
    if (key.kty !== 'RSA' && key.kty !== 'EC') return 'no certificate';
    const publicKey = createPublicKey({ key, format: 'jwk' });
    if (keyFault('certificate', nodeKeyFacts(publicKey)) !== undefined) return 'certificate-key';
    checkSignature(jws, { publicKey }, 'body');
    return 'accepted';
  } catch (error) {
    if (error instanceof Refused) return error.refusal.code;
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
};

const accessToken: Judge = async (jws, keys) => {
  try {
    if (typeof jws !== 'string') return 'no text';
    await compactVerify(jws, acceptedKeySet(keys), { algorithms: [...accessTokenAlgorithms] });
    return 'accepted';
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return error.constructor.name;
    if (error instanceof DOMException) return error.name;
    throw error;
  }
};

const because = (why: string, ...cases: readonly number[]): Readonly<Record<number, string>> =>
  Object.fromEntries(cases.map((tcId) => [tcId, why]));

const sharedSecret = 'stricter: HS256, HS384 and HS512 have a shared secret, so that whoever verifies could sign';
const notOfAlphabet = 'stricter: a character that is not of the alphabet is refused, not passed over';
const encrypted = 'no signature: an encrypted token (JWE)';
const keyAlgorithm = 'stricter: the `alg` of the key, which the suite itself writes otherwise than the token, counts';
const noAlgorithm = 'a certificate names no algorithm of a JWS: its key did make the signature';
const keyUsage = 'a certificate has no `use` and `key_ops`: its key usage counts, which the chain checker looks at';
const clientCurve = 'clients of Azure write ES256 whatever the curve: the curve is the one of the certificate';

const secretSignatures = because(sharedSecret, 1, 348, 352, 357, 358, 359, 376, 377);
const rows: readonly (readonly [string, string, Judge, Readonly<Record<number, string>>])[] = [
  [
    'policies',
    'json_web_signature',
    policySigner,
    {
      ...secretSignatures,
      ...because(noAlgorithm, 332, 334, 336, 338, 340),
      ...because(keyUsage, 353, 354, 355, 356),
      ...because(notOfAlphabet, 372, 373),
    },
  ],
  [
    'policies',
    'json_web_key',
    policySigner,
    { ...because(sharedSecret, 2, 13, 14, 15), ...because(keyUsage, 6, 21), ...because(clientCurve, 19, 20) },
  ],
  ['policies', 'json_web_crypto', policySigner, { ...because(sharedSecret, 1, 48), ...because(encrypted, 50, 67) }],
  [
    'access tokens',
    'json_web_signature',
    accessToken,
    { ...secretSignatures, ...because(keyAlgorithm, 346, 347, 350, 351), ...because(notOfAlphabet, 372, 373) },
  ],
  ['access tokens', 'json_web_key', accessToken, because(sharedSecret, 2, 13, 14, 15)],
  ['access tokens', 'json_web_crypto', accessToken, { ...because(sharedSecret, 1, 48), ...because(encrypted, 50, 67) }],
];

for (const [what, file, judge, reasons] of rows) {
  test(`Wycheproof, ${what}, ${file}: judged as the suite says, or for a reason`, {
    skip: vectorsMissing(...folder),
  }, async () => {
    const { testGroups }: { testGroups: readonly Group[] } = JSON.parse(
      String(readVector(...folder, `${file}_test.json`)),
    );
    const found: Record<string, string> = {};
    for (const { private: secret, public: key = secret, comment, tests } of testGroups) {
      for (const { tcId, jws, result, comment: about } of tests) {
        const verdict = await judge(jws, key.keys ?? [key]);
        if ((verdict === 'accepted') !== (result === 'valid')) found[tcId] = `${verdict}: ${comment}, ${about}`;
      }
    }
    assert.deepEqual(Object.keys(found), Object.keys(reasons), JSON.stringify(found, undefined, 1));
  });
}

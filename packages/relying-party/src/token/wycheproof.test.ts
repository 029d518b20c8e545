/** The steps by which a token's signature is verified, against Wycheproof's signatures and keys. Each disagreement has its reason here. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonObject, settleAsync } from '@atesto/core';
import { readVector, vectorsMissing } from '@atesto/vectors';
import { acceptedAlgorithms } from '../keys/algorithms.ts';
import { importKey, parseKeySet } from '../keys/key-set.ts';
import { claimOf, isObject } from './claims.ts';
import { checkAlgorithm, checkExtensions } from './header.ts';
import { parseJws } from './parse.ts';
import { checkSignature } from './signature.ts';

const folder = ['conformance', 'wycheproof'] as const;

interface Group {
  readonly comment: string;
  readonly private: JsonObject;
  readonly public?: JsonObject;
  readonly tests: readonly {
    readonly tcId: number;
    readonly comment: string;
    readonly jws?: string;
    readonly result: string;
  }[];
}

/** `accepted`, or the code of the refusal. A key without an id is taken for the one that is named. */
async function judge(jws: unknown, keys: JsonObject): Promise<string> {
  const outcome = await settleAsync(async () => {
    const parsed = parseJws(jws);
    checkExtensions(parsed.header);
    const algorithm = checkAlgorithm(parsed, acceptedAlgorithms);
    const named = claimOf(parsed.header, 'kid');
    const listed = Array.isArray(keys.keys) ? keys.keys : [keys];
    const kid = typeof named === 'string' ? named : 'the only one';
    const set = parseKeySet({ keys: listed.filter(isObject).map((key) => ({ kid, ...key })) }, 'keys');
    const key = set.get(kid);
    if (key === undefined) return 'key-unknown';
    await checkSignature(String(jws), await importKey(key, algorithm), algorithm);
    return 'accepted';
  });
  return outcome.ok ? outcome.value : outcome.refusal.code;
}

const because = (why: string, ...cases: readonly number[]): Readonly<Record<number, string>> =>
  Object.fromEntries(cases.map((tcId) => [tcId, why]));
const sharedSecret = 'stricter: HS256, HS384 and HS512 have a shared secret, so that whoever verifies could sign';
const notIssued = 'stricter: no provider signs with it; RS256, PS256, ES256 and ES384 are accepted';
const encrypted = 'no signature: an encrypted token (JWE)';

const disagreements: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  json_web_signature: {
    ...because(sharedSecret, 1, 348, 352, 357, 358, 359, 376, 377),
    ...because(notIssued, 264, 265, 266, 267, 268, 269, 270, 271, 320, 321, 322, 323, 325, 326, 327, 328),
    ...because(notIssued, 346, 347, 350, 351),
    ...because('stricter: a character that is not of the alphabet is refused, not passed over', 372, 373),
  },
  json_web_key: because(sharedSecret, 2, 13, 14, 15),
  json_web_crypto: { ...because(sharedSecret, 1, 48), ...because(encrypted, 50, 67) },
};

for (const [file, reasons] of Object.entries(disagreements)) {
  test(`Wycheproof, ${file}: judged as the suite says, or for a reason`, {
    skip: vectorsMissing(...folder),
  }, async () => {
    const { testGroups }: { testGroups: readonly Group[] } = JSON.parse(
      String(readVector(...folder, `${file}_test.json`)),
    );
    const found: Record<string, string> = {};
    for (const { private: secret, public: keys = secret, comment, tests } of testGroups) {
      for (const { tcId, jws, result, comment: about } of tests) {
        const verdict = await judge(jws, keys);
        if ((verdict === 'accepted') !== (result === 'valid')) found[tcId] = `${verdict}: ${comment}, ${about}`;
      }
    }
    assert.deepEqual(Object.keys(found), Object.keys(reasons), JSON.stringify(found, undefined, 1));
  });
}

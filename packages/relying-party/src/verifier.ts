/** Verifies attestation tokens: genuine, valid now, and as the relying party expects. */
import { isJsonObject, settleAsync } from '@atesto/core';
import { checkExpectations } from './expectations/check.ts';
import { checkTokenDecisions } from './expectations/decisions.ts';
import type { TokenExpectations } from './expectations/expectations.ts';
import type { AcceptedAlgorithm } from './keys/algorithms.ts';
import { fetchKeySet } from './keys/fetch-keys.ts';
import { cachedKeys, type FindKey, offlineKeys } from './keys/issuer-keys.ts';
import { type JsonWebKeySet, type KeySet, parseKeySet } from './keys/key-set.ts';
import { readOptions, type VerifierOptions } from './options.ts';
import { misuse, type Outcome, refuse } from './refusal.ts';
import { type Claims, claimOf, parseJson } from './token/claims.ts';
import { checkAlgorithm, checkExtensions, headerText } from './token/header.ts';
import { parseToken } from './token/parse.ts';
import { type RuntimeData, type RuntimeKey, runtimeDataOf, runtimeKeysOf } from './token/runtime-data.ts';
import { checkSignature } from './token/signature.ts';
import { type AttestationFrame, checkValidity } from './token/validity.ts';

/** A token that is genuine, valid now, and as expected. */
export interface VerifiedToken extends AttestationFrame {
  readonly claims: Claims;
  readonly issuer: string;
  /** `kid` of the key that signed. */
  readonly keyId: string;
  readonly algorithm: AcceptedAlgorithm;
  /** The data that the environment bound to its evidence; undefined: none. Whether it is as expected was checked, unless that was `'any'`. */
  readonly runtimeData: RuntimeData | undefined;
  /** The public keys among the runtime data: the data itself, its `jwk`, and its `keys`. What speaks for the environment is signed by one of them. */
  readonly runtimeKeys: readonly RuntimeKey[];
}

/** Verifies tokens; see {@link createVerifier}. */
export interface Verifier {
  /**
   * Verifies one token. Rejects with `ConfigurationError` when `expected` is malformed: that is not the token's fault.
   * @param expected expectations of this token, which override those of the verifier
   */
  verify(token: string, expected?: TokenExpectations): Promise<Outcome<VerifiedToken>>;
}

/**
 * Creates a verifier. Throws `ConfigurationError` when an option is unknown or invalid, or a decision is missing.
 *
 * @example
 * const verifier = createVerifier({
 *   issuers: ['https://attest.example.org'],
 *   expectations: {
 *     attestationType: 'SgxEnclave',
 *     mrSigner: '<64 hex digits>',
 *     mrEnclave: 'any',
 *     productId: 1,
 *     minimumSvn: 3,
 *     policyHash: 'any',
 *     nonce: 'any',
 *     runtimeData: 'any',
 *   },
 * });
 * const verified = await verifier.verify(token);
 * if (!verified.ok) console.error(verified.refusal.code);
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const settings = readOptions(options);
  const keysOf = new Map(settings.issuers.map((issuer) => [issuer, issuerKeys(issuer, settings)]));
  return {
    verify: async (token, expected = {}) => {
      checkTokenDecisions(expected);
      return settleAsync(async () => {
        const parsed = parseToken(token);
        checkExtensions(parsed.header);
        const algorithm = checkAlgorithm(parsed, settings.algorithms);
        const issuer = checkIssuer(parsed.claims, settings.issuers);
        checkKeyAddress(parsed.header, issuer);
        const keyId = headerText(parsed.header, 'kid');
        const findKey = keysOf.get(issuer) ?? refuse('issuer-foreign', 'iss', 'the issuer is not pinned');
        await checkSignature(token, await findKey(keyId, algorithm), algorithm);
        const frame = checkValidity(parsed.claims, settings.clock(), settings.clockSkewSeconds);
        checkExpectations(parsed.claims, { ...settings.expectations, ...expected });
        const [runtimeData, runtimeKeys] = [runtimeDataOf(parsed.claims), runtimeKeysOf(parsed.claims)];
        return { ...frame, claims: parsed.claims, issuer, keyId, algorithm, runtimeData, runtimeKeys };
      });
    },
  };
}

function issuerKeys(issuer: string, settings: Required<VerifierOptions>): FindKey {
  const given = Object.hasOwn(settings.keySets, issuer) ? settings.keySets[issuer] : undefined;
  if (given !== undefined) return offlineKeys(givenKeySet(issuer, given));
  return cachedKeys(() => fetchKeySet(certsUri(issuer), settings.fetch, settings.timeoutSeconds), settings);
}

function givenKeySet(issuer: string, given: JsonWebKeySet): KeySet {
  const json: unknown = given;
  const isSet = isJsonObject(json) && Array.isArray(json.keys);
  return isSet
    ? parseKeySet(parseJson(JSON.stringify(given)), 'keySets')
    : misuse(`options.keySets.${issuer}`, 'a JSON Web Key Set');
}

function certsUri(issuer: string): string {
  return `${issuer}/certs`;
}

function checkIssuer(claims: Claims, issuers: readonly string[]): string {
  const named = claimOf(claims, 'iss') ?? refuse('claim-missing', 'iss', 'the token has no issuer');
  return issuers.find((issuer) => issuer === named) ?? refuse('issuer-foreign', 'iss', 'the issuer is not pinned');
}

/** `jku` is compared, never fetched: whoever wrote the token chose it. */
function checkKeyAddress(header: Claims, issuer: string): void {
  if (claimOf(header, 'jku') !== certsUri(issuer)) {
    refuse('jku-foreign', 'jku', `jku is not ${certsUri(issuer)}`);
  }
}

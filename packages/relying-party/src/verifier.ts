/** Verifies attestation tokens: genuine, valid now, and as the relying party expects. */
import { Refused, settleAsync } from '@atesto/core';
import { checkExpectations } from './expectations/check.ts';
import { checkTokenDecisions } from './expectations/decisions.ts';
import type { TokenExpectations } from './expectations/expectations.ts';
import type { AcceptedAlgorithm } from './keys/algorithms.ts';
import { fetchKeySet } from './keys/fetch-keys.ts';
import { cachedKeys, type FindKey, offlineKeys } from './keys/issuer-keys.ts';
import { parseKeySet } from './keys/key-set.ts';
import { readOptions, type VerifierOptions } from './options.ts';
import { ConfigurationError, type Outcome, refuse } from './refusal.ts';
import { type Claims, claimOf, parseJson } from './token/claims.ts';
import { checkAlgorithm, checkExtensions, headerText } from './token/header.ts';
import { parseToken } from './token/parse.ts';
import { checkSignature } from './token/signature.ts';
import { type AttestationFrame, checkValidity } from './token/validity.ts';

/** A token that is genuine, valid now, and as expected. */
export interface VerifiedToken extends AttestationFrame {
  readonly claims: Claims;
  readonly issuer: string;
  /** `kid` of the key that signed. */
  readonly keyId: string;
  readonly algorithm: AcceptedAlgorithm;
}

/** Verifies tokens; see {@link createVerifier}. */
export interface Verifier {
  /**
   * Verifies one token.
   * @param expected expectations of this token, which override those of the verifier
   */
  verify(token: string, expected?: TokenExpectations): Promise<Outcome<VerifiedToken>>;
}

/**
 * Creates a verifier. Throws {@link ConfigurationError} when an option is invalid or a decision is missing.
 *
 * @example
 * const verifier = createVerifier({
 *   issuers: ['https://attest.example.org'],
 *   expectations: {
 *     attestationType: 'sgx',
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
  const settings = configured(() => readOptions(options));
  const keysOf = new Map(settings.issuers.map((issuer) => [issuer, configured(() => issuerKeys(issuer, settings))]));
  return {
    verify: (token, expected = {}) =>
      settleAsync(async () => {
        checkTokenDecisions(expected);
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
        return { ...frame, claims: parsed.claims, issuer, keyId, algorithm };
      }),
  };
}

function configured<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refused) throw new ConfigurationError(error.refusal);
    throw error;
  }
}

function issuerKeys(issuer: string, settings: Required<VerifierOptions>): FindKey {
  const given = Object.hasOwn(settings.keySets, issuer) ? settings.keySets[issuer] : undefined;
  if (given !== undefined) return offlineKeys(parseKeySet(parseJson(JSON.stringify(given)), 'keySets'));
  return cachedKeys(() => fetchKeySet(certsUri(issuer), settings.fetch, settings.timeoutSeconds), settings);
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

/**
 * Decides whether a provider accepts a policy. With the trust model AAD the caller's role decides: unsigned policies count, and signed ones
 * when signature and chain are right, whoever's they are. With the model Isolated only policies count that one of the signers signed.
 */

import type { ProviderRecord, SignersVersion } from '@atesto/store';
import type { JsonObject } from '@atesto/token';
import { refuse } from '../refuse.ts';
import { type CertificateChain, checkLinks } from '../signers/certificates.ts';
import { signerJwk } from '../signers/jwk.ts';
import type { ParsedJws } from '../signers/jws.ts';
import { checkSignature, signerChain } from '../signers/signature.ts';
import { checkSignedByOneOf } from '../signers/signed-by.ts';

/** By what a provider trusts policies. */
export interface PolicyTrust {
  readonly trustModel: ProviderRecord['trustModel'];
  /** The signers in force; undefined: the provider never had any. */
  readonly signers: Pick<SignersVersion, 'certificates'> | undefined;
}

/**
 * The signer of a JWS that counts, as JWK; undefined: it is unsigned. `at` is when it came to count, so that a certificate that ends
 * later takes no policy with it. Refuses with `signature-missing`, `policy-signer-unknown`, `policy-signer-invalid`,
 * `jws-algorithm-refused`, `jws-signature-invalid`.
 */
export function checkTrusted(
  jws: ParsedJws | undefined,
  { trustModel, signers }: PolicyTrust,
  at: Date,
  where: string,
): JsonObject | undefined {
  const chain = trustModel === 'AAD' ? anySigner(jws, where) : knownSigner(jws, signers, at, where);
  return chain === undefined ? undefined : signerJwk(chain);
}

function anySigner(jws: ParsedJws | undefined, where: string): CertificateChain | undefined {
  if (jws === undefined || jws.algorithm === 'none') return undefined;
  const chain = signerChain(jws, where);
  // Tokens name the whole chain: no authority stands in it that did not issue what stands below.
  checkLinks(chain, where);
  checkSignature(jws, chain.leaf, where);
  return chain;
}

function knownSigner(
  jws: ParsedJws | undefined,
  signers: PolicyTrust['signers'],
  at: Date,
  where: string,
): CertificateChain {
  if (jws !== undefined) return checkSignedByOneOf(jws, signers?.certificates ?? [], at, where);
  return refuse('signature-missing', where, 'it must be a JWS by one of the provider’s policy signers');
}

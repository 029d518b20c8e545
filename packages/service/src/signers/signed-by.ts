/** Verifies that one of a provider's policy signers signed a JWS. The header names a certificate; the signers of the provider decide. */

import type { SignerCertificate } from '@atesto/store';
import { refuse } from '../refuse.ts';
import { type CertificateChain, checkChain, findSigner, parseChain } from './certificates.ts';
import type { ParsedJws } from './jws.ts';
import { renewedSigner } from './renewal.ts';
import { checkSignature, signerChain } from './signature.ts';

/**
 * Checks that a JWS is signed by one of the signers, under the registered chain or a renewal of it that is in force at a time;
 * answers the chain that counted. Refuses with `signature-missing`, `policy-signer-unknown`, `policy-signer-invalid`,
 * `jws-algorithm-refused`, `jws-signature-invalid`.
 */
export function checkSignedByOneOf(
  jws: ParsedJws,
  signers: readonly SignerCertificate[],
  at: Date,
  where: string,
): CertificateChain {
  if (jws.algorithm === 'none') {
    return refuse('signature-missing', where, 'it must be signed by one of the provider’s policy signers');
  }
  const presented = signerChain(jws, where);
  const known = findSigner(signers, presented.leaf);
  if (known === undefined && renewedSigner(signers, presented) === undefined) {
    return refuse('policy-signer-unknown', where, 'who signed it is not a policy signer of this provider');
  }
  const chain = known === undefined ? presented : parseChain(known.x5c, where);
  checkChain(chain, at, where);
  checkSignature(jws, chain.leaf, where);
  return chain;
}

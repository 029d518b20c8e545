/** Computes the set of policy signers after a request; undefined: nothing changes. */

import type { SignerCertificate } from '@atesto/store';
import { refuse } from '../refuse.ts';
import { type CertificateChain, checkChain, findSigner, signerOf } from './certificates.ts';
import { renewedSigner } from './renewal.ts';

/** The set with a signer more, or with one renewed. Refuses with `policy-signer-invalid`. */
export function withSigner(
  signers: readonly SignerCertificate[],
  chain: CertificateChain,
  at: Date,
): readonly SignerCertificate[] | undefined {
  checkChain(chain, at, 'body.policyCertificate');
  if (findSigner(signers, chain.leaf) !== undefined) return undefined;
  const replaced = renewedSigner(signers, chain);
  return [...signers.filter((signer) => signer !== replaced), signerOf(chain)];
}

/**
 * The set without a signer, who may be named by another certificate of the same key: else that one would go on counting as a renewal. Refuses
 * with `policy-signer-last`: nobody could change anything after that.
 */
export function withoutSigner(
  signers: readonly SignerCertificate[],
  chain: CertificateChain,
): readonly SignerCertificate[] | undefined {
  const signer = findSigner(signers, chain.leaf) ?? renewedSigner(signers, chain);
  if (signer === undefined) return undefined;
  const rest = signers.filter((other) => other !== signer);
  if (rest.length > 0) return rest;
  return refuse('policy-signer-last', 'body.policyCertificate', 'it is the only one; add another one first');
}

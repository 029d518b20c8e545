/** Reads the certificates of policy signers; each chain must be complete and end in a CA. */
import type { SignerCertificate } from '@atesto/store';
import { checkChain, parseChain, signerOf } from '../../signers/certificates.ts';

/** The signers that chains (standard base64 of DER, leaf first) name. Refuses with `policy-signer-invalid`. */
export function signersOf(chains: readonly (readonly string[])[], at: Date): SignerCertificate[] {
  const signers = new Map<string, SignerCertificate>();
  for (const [index, x5c] of chains.entries()) {
    const where = `policySigningCertificates.keys.${index}`;
    const chain = parseChain(x5c, where);
    checkChain(chain, at, where);
    const signer = signerOf(chain);
    signers.set(signer.thumbprint, signer);
  }
  return [...signers.values()];
}

/** Which certificates may be the policy signers of a new provider? Each chain must hold together and end in a CA. */
import { X509Certificate } from 'node:crypto';
import { refuseRequest } from '../../http/refusal.ts';
import type { SignerCertificate } from '../../storage/index.ts';

/** The signers that chains (standard base64 of DER, leaf first) name. Refuses with `policy-signer-invalid`. */
export function signersOf(chains: readonly (readonly string[])[], at: Date): SignerCertificate[] {
  const signers = new Map<string, SignerCertificate>();
  for (const [index, x5c] of chains.entries()) {
    const where = `policySigningCertificates.keys.${index}`;
    const chain = x5c.map((text) => certificateIn(text, where));
    const leaf = checkChain(chain, at, where);
    const thumbprint = leaf.fingerprint.replaceAll(':', '');
    signers.set(thumbprint, { thumbprint, x5c: chain.map(({ raw }) => raw.toString('base64')) });
  }
  return [...signers.values()];
}

function certificateIn(text: string, where: string): X509Certificate {
  try {
    const der = Buffer.from(text, 'base64');
    const certificate = new X509Certificate(der);
    // The parser passes over bytes after the certificate.
    if (certificate.raw.equals(der)) return certificate;
  } catch {
    // The parser's own words could quote the input.
  }
  return invalid(where, 'it is no certificate in base64 of DER');
}

function checkChain(chain: readonly X509Certificate[], at: Date, where: string): X509Certificate {
  for (const [index, certificate] of chain.entries()) {
    if (at < certificate.validFromDate || at > certificate.validToDate) invalid(where, 'a certificate is not in force');
    const issuer = chain[index + 1];
    if (issuer === undefined) continue;
    if (!issuer.ca || !certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) {
      invalid(where, 'a certificate is not signed by the one after it');
    }
  }
  const leaf = chain[0] ?? invalid(where, 'it holds no certificate');
  if (chain.at(-1)?.ca !== true) invalid(where, 'the last certificate is no CA');
  if (!isStrong(leaf)) invalid(where, 'its key must be RSA of 2048 bits or more, or on P-256, P-384 or P-521');
  return leaf;
}

const curves = new Set<string | undefined>(['prime256v1', 'secp384r1', 'secp521r1']);

function isStrong({ publicKey }: X509Certificate): boolean {
  const { modulusLength = 0, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  return publicKey.asymmetricKeyType === 'rsa' ? modulusLength >= 2048 : curves.has(namedCurve);
}

function invalid(where: string, why: string): never {
  return refuseRequest('policy-signer-invalid', where, why);
}

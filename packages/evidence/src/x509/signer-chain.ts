/** Checks chains of signers, such as policy signers. Whether their root is trusted is decided elsewhere. */
import { settle } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { checkChainLinks, checkValidity } from './chain.ts';
import { allowsUsage, basicConstraints } from './extensions.ts';
import { signatureHolds } from './signature.ts';

/** A parsed chain, leaf first. Nothing in it is verified. */
export interface SignerChain {
  readonly certificates: readonly Certificate[];
}

/** Parses certificates in DER, leaf first. */
export function parseSignerChain(ders: readonly Uint8Array[]): Outcome<SignerChain> {
  return settle(() => ({ certificates: ders.map((der, index) => parseCertificate(der, `x5c[${index}]`)) }));
}

/** Checks that each certificate was issued by the next one. Ignores dates, and who the last one is. */
export function checkSignerLinks({ certificates }: SignerChain): Outcome<void> {
  return settle(() => checkChainLinks(certificates));
}

/**
 * Checks that each certificate was issued by the next one, which may issue it (RFC 5280, section 6.1), that the last one is an authority and
 * not altered when it is self-issued, that the first may sign, and that all are in force at a time.
 * @param at `any` skips the dates
 */
export function checkSignerChain({ certificates }: SignerChain, at: Date | 'any'): Outcome<void> {
  return settle(() => {
    const leaf = certificates.at(0);
    const last = certificates.at(-1);
    if (leaf === undefined || last === undefined) return refuse('chain-length', 'x5c', 'there is no certificate');
    checkChainLinks(certificates);
    if (!basicConstraints(last.extensions, last.commonName).ca) {
      refuse('chain-not-a-ca', last.commonName, 'the last certificate is not a certification authority');
    }
    const isSelfIssued = Buffer.compare(last.issuer, last.subject) === 0;
    if (isSelfIssued && !signatureHolds(last.signatureAlgorithm, last.publicKey, last.tbs, last.signature)) {
      refuse('chain-signature', last.commonName, 'the certificate names itself as issuer and is not signed by its key');
    }
    // Azure's clients register authorities themselves as signers.
    const isAuthority = certificates.length === 1 && allowsUsage(leaf.extensions, 'keyCertSign', leaf.commonName);
    if (!isAuthority && !allowsUsage(leaf.extensions, 'digitalSignature', leaf.commonName)) {
      refuse('chain-key-usage', leaf.commonName, 'the key usage does not allow signatures');
    }
    if (at === 'any') return;
    for (const certificate of certificates) checkValidity(certificate, at.getTime());
  });
}

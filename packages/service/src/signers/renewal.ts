/** Recognizes renewed certificates of policy signers: the same key, vouched for by the same authority. */
import type { X509Certificate } from 'node:crypto';
import type { SignerCertificate } from '@atesto/store';
import { type CertificateChain, knownChain } from './certificates.ts';

/**
 * The signer whose leaf has the key of `chain`'s leaf and whose authority, its last certificate, is the authority of `chain`; undefined:
 * none. What a provider trusts is who holds the key, so a certificate that only moves the dates needs no signature by another signer. The
 * authority must be the same, because the holder of a retired key can issue certificates to itself. The chain itself is not checked here.
 */
export function renewedSigner(
  signers: readonly SignerCertificate[],
  chain: CertificateChain,
): SignerCertificate | undefined {
  return signers.find((signer) => isRenewal(knownChain(signer), chain));
}

function isRenewal(known: CertificateChain | undefined, renewed: CertificateChain): boolean {
  if (known === undefined) return false;
  return hasSameKey(known.leaf, renewed.leaf) && isSameAuthority(authorityOf(known), authorityOf(renewed));
}

/**
 * An authority that renewed its own certificate signed it: whoever else writes its key into one does not extend its life. One that another
 * authority issued does not either, which is why only a self-signed one can renew itself.
 */
function isSameAuthority(known: X509Certificate, renewed: X509Certificate): boolean {
  if (renewed.raw.equals(known.raw)) return true;
  return hasSameKey(known, renewed) && known.verify(known.publicKey) && renewed.verify(known.publicKey);
}

// `KeyObject.equals` leaves an error behind for keys of two types, and the next operation of OpenSSL fails with it.
function hasSameKey(one: X509Certificate, other: X509Certificate): boolean {
  return publicKeyOf(one).equals(publicKeyOf(other));
}

function publicKeyOf({ publicKey }: X509Certificate): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

function authorityOf({ certificates, leaf }: CertificateChain): X509Certificate {
  return certificates.at(-1) ?? leaf;
}

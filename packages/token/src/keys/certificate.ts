/** Issues the self-signed certificate of a signing key (RFC 5280); subject and issuer are `CN=<provider URI>`. */
import 'reflect-metadata';
import { type KeyObject, randomBytes } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import {
  BasicConstraintsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { algorithmFacts, type SigningAlgorithm } from './algorithm.ts';
import type { Sign } from './signing-key.ts';

/** An additional X.509 extension, such as the service's own evidence. */
export interface CertificateExtension {
  /** Dotted object identifier. */
  readonly oid: string;
  readonly critical: boolean;
  /** The extension value: DER, the contents of `extnValue`. */
  readonly value: Uint8Array;
}

/** The contents of a certificate. */
export interface CertificateContents {
  readonly algorithm: SigningAlgorithm;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  /** Signs with the private key. */
  readonly sign: Sign;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly CertificateExtension[];
}

/** Issues the certificate; returns its DER. The serial number is random. */
export async function issueCertificate(contents: CertificateContents): Promise<Uint8Array> {
  const { importAlgorithm, certificateAlgorithm } = algorithmFacts[contents.algorithm];
  const spki = new Uint8Array(contents.publicKey.export({ format: 'der', type: 'spki' }));
  const publicKey = await globalThis.crypto.subtle.importKey('spki', spki, importAlgorithm, true, ['verify']);
  const name = new Name([{ CN: [{ utf8String: contents.issuer }] }]);
  const certificate = {
    serialNumber: randomBytes(16).toString('hex'),
    subject: name,
    issuer: name,
    publicKey,
    notBefore: contents.notBefore,
    notAfter: contents.notAfter,
    // The length of r and s depends on the curve.
    signingAlgorithm: { ...importAlgorithm, ...certificateAlgorithm },
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      ...contents.extensions.map(({ oid, critical, value }) => new Extension(oid, critical, new Uint8Array(value))),
    ],
  };
  const withSignature = (signature: Uint8Array): Promise<X509Certificate> =>
    X509CertificateGenerator.create({ ...certificate, signature: new Uint8Array(signature) });
  // The library serializes the signed part only within a whole certificate, so the first certificate has a blank signature.
  const unsigned = await withSignature(new Uint8Array(blankSignatureBytes).fill(1));
  return new Uint8Array((await withSignature(await contents.sign(signedPartOf(unsigned)))).rawData);
}

/** The length of the longest ECDSA signature, r || s; RSA accepts any. */
const blankSignatureBytes = 96;

function signedPartOf(certificate: X509Certificate): Uint8Array {
  const { tbsCertificateRaw } = AsnConvert.parse(certificate.rawData, Certificate);
  if (tbsCertificateRaw === undefined) throw new TypeError('a parsed certificate has no signed part');
  return new Uint8Array(tbsCertificateRaw);
}

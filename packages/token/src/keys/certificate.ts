/** How the self-signed certificate of a signing key is made (RFC 5280; subject = issuer = `CN=<provider URI>`). */
import 'reflect-metadata';
import type { KeyObject } from 'node:crypto';
import {
  BasicConstraintsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { algorithmFacts, type SigningAlgorithm } from './algorithm.ts';

/** An X.509 extension to stand in the certificate, such as the service's own evidence. */
export interface CertificateExtension {
  /** Dotted object identifier. */
  readonly oid: string;
  readonly critical: boolean;
  /** The extension value: DER, the contents of `extnValue`. */
  readonly value: Uint8Array;
}

/** What a certificate is made of. */
export interface CertificateContents {
  readonly algorithm: SigningAlgorithm;
  readonly issuer: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly CertificateExtension[];
}

/** Issues the certificate; returns its DER. The serial number is random. */
export async function issueCertificate(contents: CertificateContents): Promise<Uint8Array> {
  const { importAlgorithm, certificateAlgorithm } = algorithmFacts[contents.algorithm];
  const signer = contents.privateKey.export({ format: 'der', type: 'pkcs8' });
  const spki = contents.publicKey.export({ format: 'der', type: 'spki' });
  const { subtle } = globalThis.crypto;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: new Name([{ CN: [{ utf8String: contents.issuer }] }]),
    keys: {
      privateKey: await subtle.importKey('pkcs8', new Uint8Array(signer), importAlgorithm, false, ['sign']),
      publicKey: await subtle.importKey('spki', new Uint8Array(spki), importAlgorithm, true, ['verify']),
    },
    notBefore: contents.notBefore,
    notAfter: contents.notAfter,
    signingAlgorithm: certificateAlgorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      ...contents.extensions.map(({ oid, critical, value }) => new Extension(oid, critical, new Uint8Array(value))),
    ],
  });
  return new Uint8Array(certificate.rawData);
}

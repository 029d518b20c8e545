/** Certificates of policy signers, made for one test each. */
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

/** A certificate with its key. */
export interface TestCertificate {
  readonly certificate: x509.X509Certificate;
  readonly keys: CryptoKeyPair;
  /** Standard base64 of DER. */
  readonly base64: string;
}

/** What may be other than in a good self-signed CA certificate on P-256. */
export interface CertificateChanges {
  readonly isCa?: boolean;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly issuer?: TestCertificate;
  readonly algorithm?: EcKeyGenParams | RsaHashedKeyGenParams;
  /** Instead of the key's own SubjectPublicKeyInfo. */
  readonly spki?: Uint8Array<ArrayBuffer>;
  readonly pathLength?: number;
  readonly extensions?: readonly x509.Extension[];
  /** The keys of another certificate, which this one renews. */
  readonly keys?: CryptoKeyPair;
}

const curve: EcKeyGenParams = { name: 'ECDSA', namedCurve: 'P-256' };
const day = 86_400_000;

/** Makes one. */
export async function makeCertificate(name: string, changes: CertificateChanges = {}): Promise<TestCertificate> {
  const { isCa = true, issuer, algorithm = curve } = changes;
  const keys = changes.keys ?? (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '01',
    subject: `CN=${name}`,
    issuer: issuer?.certificate.subject ?? `CN=${name}`,
    notBefore: changes.notBefore ?? new Date(Date.now() - day),
    notAfter: changes.notAfter ?? new Date(Date.now() + day),
    publicKey: changes.spki === undefined ? keys.publicKey : new x509.PublicKey(changes.spki),
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: { name: algorithm.name, hash: 'SHA-256' },
    extensions: [new x509.BasicConstraintsExtension(isCa, changes.pathLength, true), ...(changes.extensions ?? [])],
  });
  return { certificate, keys, base64: Buffer.from(certificate.rawData).toString('base64') };
}

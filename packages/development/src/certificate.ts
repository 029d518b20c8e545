/** Makes a local CA and a server certificate for development, keeps them in a directory, and renews them when they expire or names change. */
import 'reflect-metadata';
import { randomBytes, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { readIfPresent, writePrivately } from './private-file.ts';

const dayMs = 86_400_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** What a TLS server for development needs. */
export interface DevelopmentCertificate {
  /** PEM, PKCS #8. */
  readonly key: string;
  /** PEM: the server certificate, then the CA. */
  readonly certificate: string;
  /** The path of the CA certificate (PEM) that clients must trust. */
  readonly caFile: string;
}

interface Issued {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

/**
 * Reads the server certificate of `directory`, or issues a new one.
 *
 * @param directory where `ca.pem`, `ca.key`, `server.pem` and `server.key` are kept; made when it does not exist
 * @param names host names and IP addresses, for the subject alternative name
 */
export async function developmentCertificate(
  directory: string,
  names: readonly string[],
): Promise<DevelopmentCertificate> {
  const caFile = join(directory, 'ca.pem');
  const ca = await readOrIssue(caFile, join(directory, 'ca.key'), isFresh, issueCa);
  const server = await readOrIssue(
    join(directory, 'server.pem'),
    join(directory, 'server.key'),
    (certificate) => isFresh(certificate) && isFor(certificate, names) && isIssuedBy(certificate, ca),
    () => issueServer(ca, names),
  );
  return { key: server.key, certificate: server.certificate + ca.certificate, caFile };
}

async function readOrIssue(
  certificateFile: string,
  keyFile: string,
  isUsable: (certificate: X509Certificate) => boolean,
  issue: () => Promise<Issued>,
): Promise<Issued> {
  const certificate = readIfPresent(certificateFile);
  const key = readIfPresent(keyFile);
  if (certificate !== undefined && key !== undefined && isUsable(new X509Certificate(certificate)))
    return { certificate, key };
  const issued = await issue();
  writePrivately(keyFile, issued.key);
  writePrivately(certificateFile, issued.certificate);
  return issued;
}

/** Whether a certificate is valid for another 30 days. */
function isFresh(certificate: X509Certificate): boolean {
  return certificate.validToDate.getTime() - Date.now() > 30 * dayMs;
}

function isFor(certificate: X509Certificate, names: readonly string[]): boolean {
  return names.every((name) =>
    isIP(name) === 0
      ? certificate.checkHost(name.replace(/^\*\./, 'any.')) !== undefined
      : certificate.checkIP(name) !== undefined,
  );
}

function isIssuedBy(certificate: X509Certificate, ca: Issued): boolean {
  return certificate.verify(new X509Certificate(ca.certificate).publicKey);
}

async function issueCa(): Promise<Issued> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=Atesto development CA ${randomBytes(4).toString('hex')}`,
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + 3650 * dayMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await privatePem(keys.privateKey) };
}

async function issueServer(ca: Issued, names: readonly string[]): Promise<Issued> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const issuer = new x509.X509Certificate(ca.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: 'CN=Atesto development server',
    issuer: issuer.subject,
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + 397 * dayMs),
    publicKey: keys.publicKey,
    signingKey: await importPrivate(ca.key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((name) => new x509.GeneralName(isIP(name) === 0 ? 'dns' : 'ip', name)),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await privatePem(keys.privateKey) };
}

/** 16 random bytes, positive (RFC 5280, section 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString('hex');
}

async function privatePem(key: CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

function importPrivate(pem: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), algorithm, false, ['sign']);
}

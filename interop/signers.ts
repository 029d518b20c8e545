/** Policy signers with keys of the kinds that the official clients know. */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A policy signer, both parts in PEM: PKCS #8 and a self-signed CA certificate. */
export interface Signer {
  readonly key: string;
  readonly certificate: string;
}

const rsa = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' };
const ec = { name: 'ECDSA', namedCurve: 'P-256' };
const hourMs = 3_600_000;

/** One signer of each kind, and another one of each that is to be added and removed. */
export async function makeSigners(): Promise<Readonly<Record<'rsa' | 'ec' | 'otherRsa' | 'otherEc', Signer>>> {
  const [first, second, third, fourth] = await Promise.all([make(rsa), make(ec), make(rsa), make(ec)]);
  return { rsa: first, ec: second, otherRsa: third, otherEc: fourth };
}

async function make(algorithm: typeof rsa | typeof ec): Promise<Signer> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: `00${randomBytes(8).toString('hex')}`,
    name: 'CN=Policy signer',
    notBefore: new Date(now - hourMs),
    notAfter: new Date(now + 24 * hourMs),
    keys,
    signingAlgorithm: { name: algorithm.name, hash: 'SHA-256' },
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    key: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
    certificate: `${certificate.toString('pem')}\n`,
  };
}

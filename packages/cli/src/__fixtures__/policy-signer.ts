/** Policy signers of tests: files with a private key and a self-signed CA certificate. */
import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { temporaryDirectory } from './directory.ts';

/** Paths of PEM files. */
export interface SignerFiles {
  readonly key: string;
  readonly certificate: string;
  /** The options of commands that sign. */
  readonly options: readonly string[];
}

/** Makes one on P-256. */
export async function makeSignerFiles(): Promise<SignerFiles> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Policy signer',
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 86_400_000),
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  const directory = temporaryDirectory();
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'signer.pem')];
  writeFileSync(key, x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY'));
  writeFileSync(certificate, made.toString('pem'));
  return { key, certificate, options: ['--signer-key', key, '--signer-certificate', certificate] };
}

/** With which key and certificate does the service speak TLS? */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigRefused } from '../config/problem.ts';
import type { ServiceConfig } from '../config/schema.ts';
import { developmentCertificate } from './development-ca.ts';
import type { TlsMaterial } from './tls-material.ts';

/** Reads the configured material, or makes that of development. Throws `ConfigRefused` when key and certificate do not fit. */
export async function tlsMaterial(config: ServiceConfig): Promise<TlsMaterial> {
  const { certificateFile, keyFile, keyPassphraseFile } = config.tls;
  if (certificateFile === undefined || keyFile === undefined) {
    return developmentTls(config);
  }
  const passphrase = keyPassphraseFile === undefined ? undefined : firstLine(readFileSync(keyPassphraseFile, 'utf8'));
  const material = {
    key: readFileSync(keyFile, 'utf8'),
    certificate: readFileSync(certificateFile, 'utf8'),
    passphrase,
  };
  checkPair(material.certificate, material.key, passphrase);
  return { ...material, developmentCaFile: undefined };
}

/** The certificate of development, for every name under which this service is reached. */
export function developmentTls(config: ServiceConfig): Promise<TlsMaterial> {
  return developmentCertificate(resolve(config.stateDirectory, 'development'), hostNames(config));
}

/** The first line of a secret file, without its line end. */
export function firstLine(text: string): string {
  return text.split(/\r?\n/, 1).join('');
}

function hostNames({ listen, baseUri, providers }: ServiceConfig): string[] {
  const names = ['localhost', '127.0.0.1', '::1'];
  if (listen.host !== '0.0.0.0' && listen.host !== '::') names.push(listen.host);
  if (baseUri !== undefined) names.push(new URL(baseUri).hostname.replace(/^\[(.*)\]$/, '$1'));
  if (providers.baseDomain !== undefined) names.push(`*.${providers.baseDomain}`);
  return [...new Set(names)];
}

function checkPair(certificate: string, key: string, passphrase: string | undefined): void {
  try {
    const privateKey = createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) });
    if (new X509Certificate(certificate).checkPrivateKey(privateKey)) return;
  } catch {
    // Unreadable and mismatched material get the same answer; the parser's own words could quote the file.
  }
  const why =
    'the certificate and the private key are unreadable or do not belong together; write PEM files of one pair';
  throw new ConfigRefused([{ code: 'setting-file-unreadable', where: 'tls.certificateFile, tls.keyFile', why }]);
}

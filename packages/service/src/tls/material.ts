/** Reads the key and the certificate with which the service speaks TLS. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigRefused } from '../config/problem.ts';
import type { ServiceConfig } from '../config/schema.ts';
import { type Development, developmentFiles } from '../development.ts';

/** What a TLS server needs. */
export interface TlsMaterial {
  /** PEM. */
  readonly key: string;
  readonly passphrase: string | undefined;
  /** PEM: the certificate, then its chain. */
  readonly certificate: string;
  /** The path of the CA that clients must trust; only in development. */
  readonly developmentCaFile: string | undefined;
}

/** Reads the configured files, or asks `development` when none are configured. Throws `ConfigRefused` when key and certificate do not match. */
export async function readTlsMaterial(
  config: ServiceConfig,
  development: Development | undefined,
): Promise<TlsMaterial> {
  const { certificateFile, keyFile, keyPassphraseFile } = config.tls;
  if (certificateFile === undefined || keyFile === undefined) return developmentMaterial(config, development);
  const passphrase = keyPassphraseFile === undefined ? undefined : firstLine(readFileSync(keyPassphraseFile, 'utf8'));
  const material = {
    key: readFileSync(keyFile, 'utf8'),
    certificate: readFileSync(certificateFile, 'utf8'),
    passphrase,
  };
  checkPair(material.certificate, material.key, passphrase);
  return { ...material, developmentCaFile: undefined };
}

async function developmentMaterial(config: ServiceConfig, development: Development | undefined): Promise<TlsMaterial> {
  if (development === undefined) {
    const why = 'this program makes no development certificate; write the paths of a server certificate and its key';
    throw new ConfigRefused([{ code: 'setting-missing', where: 'tls.certificateFile', why }]);
  }
  const { directory, names } = developmentFiles(config);
  const { key, certificate, caFile } = await development.certificate(directory, names);
  return { key, passphrase: undefined, certificate, developmentCaFile: caFile };
}

/** The options of a TLS server; `node:tls` throws when the material does not serve. */
export function secureContextOptions({ key, passphrase, certificate }: TlsMaterial, { tls }: ServiceConfig) {
  return { key, passphrase, cert: certificate, minVersion: tls.minVersion };
}

/** The first line of a secret file, without its line end. */
function firstLine(text: string): string {
  return text.split(/\r?\n/, 1).join('');
}

function checkPair(certificate: string, key: string, passphrase: string | undefined): void {
  try {
    const privateKey = createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) });
    if (new X509Certificate(certificate).checkPrivateKey(privateKey)) return;
  } catch {
    // One answer for unreadable and for mismatched files: the parser's message could quote the file.
  }
  const why =
    'the certificate and the private key are unreadable or do not belong together; write PEM files of one pair';
  throw new ConfigRefused([{ code: 'setting-file-unreadable', where: 'tls.certificateFile, tls.keyFile', why }]);
}

/** Files that the settings of endorsement sources name: read once, at start. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigRefused } from '../config/problem.ts';

function refuseFile(where: string, why: string): never {
  throw new ConfigRefused([{ code: 'setting-file-unreadable', where, why }]);
}

function read(where: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return refuseFile(where, 'it cannot be read; check the path and its permissions');
  }
}

/** Certificates in PEM. Throws `ConfigRefused` when there is none. */
export function certificatesIn(where: string, path: string): string {
  const pem = read(where, path);
  try {
    new X509Certificate(pem);
  } catch {
    return refuseFile(where, 'it holds no certificate; write the path of a CA in PEM');
  }
  return pem;
}

/** The first line, printable ASCII. Throws `ConfigRefused` when it is empty or something else. */
export function keyIn(where: string, path: string): string {
  const [key = ''] = read(where, path).split(/\r?\n/, 1);
  return /^[\x21-\x7e]+$/.test(key) ? key : refuseFile(where, 'its first line is not a key; write the key there');
}

/** The real evidence kept beside the project. Nothing of it is copied into the project. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const beside = resolve(dirname(fileURLToPath(import.meta.url)), '../../../../shared/vectors');

/** The folder of the vectors: `ATESTO_VECTORS`, else `../shared/vectors` beside the project. */
export const vectorsFolder: string = process.env['ATESTO_VECTORS'] ?? beside;

/** For the `skip` option of a test: false when the vectors are there, else the reason to print. */
export function vectorsMissing(...path: string[]): false | string {
  const folder = join(vectorsFolder, ...path);
  return existsSync(folder) ? false : `SKIPPED: no real evidence at ${folder} (set ATESTO_VECTORS)`;
}

/** The path of one file of the vectors. */
export function vectorPath(...path: string[]): string {
  return join(vectorsFolder, ...path);
}

/** The bytes of one file of the vectors. */
export function readVector(...path: string[]): Buffer {
  return readFileSync(vectorPath(...path));
}

/** One JSON file of the vectors, as it stands. */
export function readVectorJson(...path: string[]): Record<string, unknown> {
  const value: unknown = JSON.parse(readVector(...path).toString('utf8'));
  if (typeof value !== 'object' || value === null) throw new Error(`${path.join('/')} is not a JSON object`);
  return Object.fromEntries(Object.entries(value));
}

/** The cases of one folder: its sub-folders that hold an `expected.json` themselves. */
export function vectorCases(folder: string): string[] {
  if (vectorsMissing(folder) !== false) return [];
  return readdirSync(vectorPath(folder)).filter((name) => existsSync(vectorPath(folder, name, 'expected.json')));
}

/** Intel's collateral of one case, read without the project's own reader so that tests do not depend on it. */
export function readVectorCollateral(...path: string[]) {
  const json = readVectorJson(...path, 'collateral.json');
  const text = (name: string): string => String(json[name]);
  const hex = (name: string): Buffer => Buffer.from(text(name), 'hex');
  return {
    pckCrlIssuerChain: text('pck_crl_issuer_chain'),
    rootCaCrl: hex('root_ca_crl'),
    pckCrl: hex('pck_crl'),
    tcbInfoIssuerChain: text('tcb_info_issuer_chain'),
    tcbInfo: Buffer.from(text('tcb_info')),
    tcbInfoSignature: hex('tcb_info_signature'),
    qeIdentityIssuerChain: text('qe_identity_issuer_chain'),
    qeIdentity: Buffer.from(text('qe_identity')),
    qeIdentitySignature: hex('qe_identity_signature'),
  };
}

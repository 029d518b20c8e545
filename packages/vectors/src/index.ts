/** The real evidence kept beside the project. Nothing of it is copied into the project. */
import { existsSync } from 'node:fs';
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

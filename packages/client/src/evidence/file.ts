/** Evidence that was made before and kept in a file. */
import { readFile } from 'node:fs/promises';
import { ClientError } from '../error.ts';
import { type EvidenceSource, evidenceOf } from './source.ts';

/**
 * Evidence from a file: a quote of SGX or TDX, OpenEnclave evidence, or an SEV-SNP report, as raw bytes. It was made for its own report data; whether
 * that is the report data of a call is for the service to judge.
 */
export function evidenceFromFile(path: string): EvidenceSource {
  return {
    collect: async () => {
      const bytes = await readFile(path).catch((cause: unknown) => {
        throw new ClientError('evidence-unreadable', path, 'the file cannot be read', { cause });
      });
      return evidenceOf(bytes, path);
    },
  };
}

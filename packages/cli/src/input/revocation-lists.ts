/** Reads revocation lists that are named on the command line. */
import { revocationListsIn } from '@atesto/evidence/advanced';
import { misused } from '../failure.ts';
import { readBytes } from './file.ts';

/** The lists of the files, DER: each file holds one in DER, hex or base64, or several in PEM. */
export async function readLists(paths: readonly string[] = []): Promise<Uint8Array[]> {
  const lists = await Promise.all(
    paths.map(async (path) => {
      const found = revocationListsIn(await readBytes(path, 'the revocation list'));
      return found ?? misused(`the revocation list ${path}: it is none`, 'Give revocation lists in DER or PEM.');
    }),
  );
  return lists.flat();
}

/** The messages of failures within the service: what the code means, without paths, hosts or databases. */
import { endorsementCodes } from '@atesto/endorsements';
import { auditCodes, storageCodes } from '@atesto/store';
import { tokenCodes } from '@atesto/token';

const meanings: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...tokenCodes, ...storageCodes, ...auditCodes, ...endorsementCodes }),
);

/** The meaning of a code of another package; of a code that no table has, that the operator knows more. */
export function meaningOf(code: string): string {
  return meanings.get(code) ?? 'the service failed; quote the request id to its operator';
}

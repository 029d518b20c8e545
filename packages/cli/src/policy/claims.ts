/** The claims over which a policy is evaluated, from a file. */
import { type Claim, parseClaims } from '@atesto/policy';
import { misused } from '../failure.ts';
import { readText } from '../input/file.ts';
import type { Session } from '../session.ts';

/** Claims of a JSON file, or of standard input for `-`: a list of `{"type", "value", "valueType"?, "issuer"?}`. */
export async function readClaims(path: string, session: Session): Promise<Claim[]> {
  const text = path === '-' ? await session.readInput() : await readText(path, 'the claims');
  const claims = parseClaims(text);
  if (claims.ok) return claims.value;
  const { code, why } = claims.refusal;
  return misused(
    `the claims ${path}: ${why} [${code}]`,
    'Write [{"type": "…", "value": "…", "issuer": "AttestationService"}].',
  );
}

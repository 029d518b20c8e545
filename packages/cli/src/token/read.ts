/** Gets the token that a command is about: given on the command line, in a file, or on standard input. */
import { misused } from '../failure.ts';
import { readText } from '../input/file.ts';
import { jwsIn } from '../input/jws.ts';
import type { Session } from '../session.ts';

/** Header and payload are JSON objects, so both begin with `{` or white space in base64url. */
const tokenForm = /^[\w-]{10,}\.[\w-]{10,}\.[\w-]*$/;

/** Reads a token. */
export async function readToken(given: string, session: Session): Promise<string> {
  if (tokenForm.test(given)) return given;
  const text = (given === '-' ? await session.readInput() : await readText(given, 'the token')).trim();
  if (text !== '') return jwsIn(text) ?? text;
  return misused('there is no token on standard input', 'Pipe one in: atesto attest … | atesto token inspect -');
}

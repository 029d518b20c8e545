/** What management replies say: the payload of a signed token. TLS has authenticated the service; the signature is for records. */
import { ClientError } from '../error.ts';
import { type JsonMembers, readMembers, requireMembers, requireText } from '../http/json.ts';

/** The claims of `{"token": "<JWS>"}`. Throws `answer-malformed`. */
export function replyClaims(text: string, where: string): JsonMembers {
  return jwsPayload(requireText(requireMembers(text, where), 'token', where), where);
}

/** The payload of a JWS in compact form. Throws `answer-malformed`. */
export function jwsPayload(jws: string, where: string): JsonMembers {
  const [, payload = ''] = jws.split('.');
  const members = readMembers(Buffer.from(payload, 'base64url').toString('utf8'));
  if (members === undefined)
    throw new ClientError('answer-malformed', where, 'the token of the answer holds no claims');
  return members;
}

/** May a policy be reset? The request is a JWS that says nothing: a signed policy must not pass for one. */

import { refuse } from '../refuse.ts';
import { checkBinding, type RequestPlace } from '../signers/binding.ts';
import { parseJws, payloadObject } from '../signers/jws.ts';
import { checkTrusted, type PolicyTrust } from './trust.ts';

const where = 'body';
const allowed = ['aud', 'exp', 'nbf', 'iat', 'jti'];

/** Checks a request. Refuses with the codes of `parseJws` and `checkTrusted`, `reset-payload-invalid`, and those of `checkBinding`. */
export function checkReset(compact: string, trust: PolicyTrust, place: RequestPlace): void {
  const jws = parseJws(compact, where);
  checkTrusted(jws, trust, place.at, where);
  if (jws.payload.length === 0) return;
  const payload = payloadObject(jws, where);
  if (Object.keys(payload).some((name) => !allowed.includes(name))) {
    refuse('reset-payload-invalid', where, `its payload must be empty, or hold only ${allowed.join(', ')}`);
  }
  checkBinding(payload, place, where);
}

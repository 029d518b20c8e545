/** Checks requests to reset a policy: a JWS with an empty payload, so that a signed policy cannot serve as one. */
import { refuse } from '../refuse.ts';
import { checkBinding, type RequestAudience } from '../signers/binding.ts';
import { parseJws, payloadObject } from '../signers/jws.ts';
import { checkTrusted, type PolicyTrust } from './trust.ts';

const where = 'body';
const allowed = ['aud', 'exp', 'nbf', 'iat', 'jti'];

/** Checks a request. Refuses with the codes of `parseJws` and `checkTrusted`, `reset-payload-invalid`, and those of `checkBinding`. */
export function checkReset(compact: string, trust: PolicyTrust, place: RequestAudience): void {
  const jws = parseJws(compact, where);
  checkTrusted(jws, trust, place.at, where);
  if (jws.payload.length === 0) return;
  const payload = payloadObject(jws, where);
  if (Object.keys(payload).some((name) => !allowed.includes(name))) {
    refuse('reset-payload-invalid', where, `its payload must be empty, or hold only ${allowed.join(', ')}`);
  }
  checkBinding(payload, place, where);
}

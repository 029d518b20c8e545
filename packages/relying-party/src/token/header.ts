/** Checks the header of a token before anything in it is trusted (RFC 7515, section 4). */
import { type AcceptedAlgorithm, acceptedAlgorithms } from '../keys/algorithms.ts';
import { refuse } from '../refusal.ts';
import { type Claims, claimOf } from './claims.ts';
import type { UntrustedToken } from './parse.ts';

/** No extension is understood (RFC 7515, section 4.1.11), so no `crit` is; nor is a payload that is not base64url (RFC 7797). */
export function checkExtensions(header: Claims): void {
  if (claimOf(header, 'crit') !== undefined) {
    refuse('token-malformed', 'crit', 'the header has extensions that must be understood, and none is');
  }
  if ((claimOf(header, 'b64') ?? true) !== true) {
    refuse('token-malformed', 'b64', 'the header says that the payload is not base64url');
  }
}

/** The algorithm that the header names, if it is accepted. */
export function checkAlgorithm(
  { header, signed }: Pick<UntrustedToken, 'header' | 'signed'>,
  accepted: readonly AcceptedAlgorithm[],
): AcceptedAlgorithm {
  const named = headerText(header, 'alg');
  if (named.toLowerCase() === 'none' || !signed) {
    refuse('token-unsecured', 'alg', 'the token is unsecured: it was issued for a draft policy');
  }
  const algorithm = acceptedAlgorithms.find((one) => one === named);
  if (algorithm === undefined || !accepted.includes(algorithm)) {
    return refuse('algorithm-refused', 'alg', `the algorithm must be one of ${accepted.join(', ')}`);
  }
  return algorithm;
}

/** A member of the header that must be a string. */
export function headerText(header: Claims, name: string): string {
  const value = claimOf(header, name);
  return typeof value === 'string' ? value : refuse('token-malformed', name, `the header has no ${name}`);
}

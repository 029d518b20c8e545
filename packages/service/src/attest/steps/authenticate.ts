/** Step 1: authenticates the caller. An access token that is sent must be valid even when it is optional. */

import {
  type AccessTokens,
  bearerToken,
  type Caller,
  refuseMissingToken,
  verifyAccessToken,
} from '../../identity/access-token.ts';

/** Answers the caller; undefined: anonymous, and that is permitted. Refuses with `access-token-…` or `issuer-unreachable`. */
export async function authenticate(
  authorization: string | undefined,
  requirement: 'required' | 'optional',
  accepted: AccessTokens,
  signal: AbortSignal,
): Promise<Caller | undefined> {
  const token = bearerToken(authorization);
  if (token !== undefined) return verifyAccessToken(token, accepted, 'attestation', signal);
  if (requirement === 'optional') return undefined;
  return refuseMissingToken();
}

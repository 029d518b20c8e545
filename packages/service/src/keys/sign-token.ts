/** How does the service sign a token of a provider? */
import {
  issueToken,
  issueTokenByHolder,
  issueTokenInPool,
  type JsonObject,
  type TokenOutcome,
  type TokenSigningKey,
} from '@atesto/token';
import { refuseWithin } from '../http/refusal.ts';

/** The signed token. Refuses the request with 503 `key-unavailable` when an HSM does not sign. */
export async function signToken(key: TokenSigningKey, claims: JsonObject): Promise<string> {
  const issued = await sign(key, claims);
  if (issued.ok) return issued.value;
  const { code } = issued.refusal;
  return code === 'key-unavailable'
    ? refuseWithin(issued.refusal, 'signing key', 503, 'ServiceUnavailable')
    : refuseWithin(issued.refusal, 'token', 500, 'InternalError');
}

/** An RSA signature takes longer than the way to the thread pool and back, an ECDSA signature does not; an HSM signs itself. */
function sign(key: TokenSigningKey, claims: JsonObject): Promise<TokenOutcome<string>> | TokenOutcome<string> {
  if ('sign' in key) return issueTokenByHolder(key, claims);
  return key.publicKey.kty === 'RSA' ? issueTokenInPool(key, claims) : issueToken(key, claims);
}

/** How does the service sign a token of a provider? */
import {
  issueToken,
  issueTokenByHolder,
  issueTokenInPool,
  type JsonObject,
  type Outcome,
  type TokenSigningKey,
} from '@atesto/token';

/** An RSA signature takes longer than the way to the thread pool and back, an ECDSA signature does not; an HSM signs itself. */
export function signToken(key: TokenSigningKey, claims: JsonObject): Promise<Outcome<string>> | Outcome<string> {
  if ('sign' in key) return issueTokenByHolder(key, claims);
  return key.publicKey.kty === 'RSA' ? issueTokenInPool(key, claims) : issueToken(key, claims);
}

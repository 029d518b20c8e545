/** How does the service sign a token of a provider? */
import { issueToken, issueTokenInPool, type JsonObject, type Outcome, type SigningKey } from '@atesto/token';

/** An RSA signature takes longer than the way to the thread pool and back, an ECDSA signature does not. */
export function signToken(key: SigningKey, claims: JsonObject): Promise<Outcome<string>> | Outcome<string> {
  return key.publicKey.kty === 'RSA' ? issueTokenInPool(key, claims) : issueToken(key, claims);
}

/** Signs tokens with a key of a provider. */
import {
  issueToken,
  issueTokenByHolder,
  issueTokenInPool,
  type JsonObject,
  type TokenOutcome,
  type TokenSigningKey,
} from '@atesto/token';
import { PartFailed } from '../refuse.ts';

/** The signed token. Throws `PartFailed`: `key-unavailable` when an HSM does not sign. */
export async function signToken(key: TokenSigningKey, claims: JsonObject): Promise<string> {
  const issued = await sign(key, claims);
  if (issued.ok) return issued.value;
  if (issued.refusal.code === 'key-unavailable') throw new PartFailed(issued.refusal, 'signing key', 'temporary');
  throw new PartFailed(issued.refusal, 'token', 'defect');
}

/** An RSA signature takes longer than the way to the thread pool and back, an ECDSA signature does not; an HSM signs itself. */
function sign(key: TokenSigningKey, claims: JsonObject): Promise<TokenOutcome<string>> | TokenOutcome<string> {
  if ('sign' in key) return issueTokenByHolder(key, claims);
  return key.publicKey.kty === 'RSA' ? issueTokenInPool(key, claims) : issueToken(key, claims);
}

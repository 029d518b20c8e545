/** The signed replies of administrative operations. */
import { type JsonObject, managementClaims } from '@atesto/token';
import type { Provider } from '../providers/provider.ts';
import { PartFailed } from '../refuse.ts';
import { signToken } from './sign-token.ts';

/** A token with the claims of an operation, by the provider. */
export async function managementToken(
  { uri, keys }: Pick<Provider, 'uri' | 'keys'>,
  claims: JsonObject,
  at: Date,
): Promise<string> {
  const framed = managementClaims({ issuer: uri, issuedAt: at, claims });
  if (!framed.ok) throw new PartFailed(framed.refusal, 'token', 'defect');
  return signToken(keys.current(at), framed.value);
}

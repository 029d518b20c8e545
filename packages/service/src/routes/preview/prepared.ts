/** The token between the two steps of setting a policy: the policy that would take effect, signed by the service. */
import { X509Certificate } from 'node:crypto';
import type { JsonObject } from '@atesto/token';
import { refuseRequest } from '../../http/refusal.ts';
import type { PolicyTarget } from '../../policies/administration.ts';
import { isJws, parseJws, payloadObject } from '../../signers/jws.ts';
import { checkSignature } from '../../signers/signature.ts';

const typeClaim = 'x-atesto-prepared-policy';
const where = 'body';

/** Claims of the token. */
export function preparedClaims(attestationType: string, compact: string, tokenHash: string): JsonObject {
  return {
    'aas-policyHash': tokenHash,
    'maa-policyHash': tokenHash,
    'x-ms-policy': compact,
    [typeClaim]: attestationType,
  };
}

/**
 * The policy that a body sets: the one in such a token, or the body itself when it is none. Refuses with `prepared-policy-invalid` a
 * token that is not this provider's, for another attestation type, or too old, and with `jws-signature-invalid`.
 */
export function preparedPolicy(body: string, { provider, attestationType }: PolicyTarget, at: Date): string {
  const text = body.trim();
  if (!isJws(text)) return body;
  const jws = parseJws(text, where);
  const payload = payloadObject(jws, where);
  const policy = payload['x-ms-policy'];
  if (typeof policy !== 'string') return body;
  const key = provider.keys.published(at).find(({ kid }) => kid === jws.header.kid);
  if (key === undefined) return invalid('it was not signed by this provider');
  checkSignature(jws, new X509Certificate(key.certificate), where);
  if (payload.iss !== provider.uri || payload[typeClaim] !== attestationType) {
    invalid('it was prepared for another provider or attestation type');
  }
  if (typeof payload.exp !== 'number' || at.getTime() / 1000 >= payload.exp) invalid('it is too old; prepare it again');
  return policy;
}

function invalid(why: string): never {
  return refuseRequest('prepared-policy-invalid', where, why);
}

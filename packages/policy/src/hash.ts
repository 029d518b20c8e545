/** The hashes that identify policies in tokens (policy language, section 13). */
import { createHash } from 'node:crypto';

const base64urlSha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('base64url');

/** `x-ms-policy-hash`: BASE64URL(SHA256(UTF8(BASE64URL(UTF8(text))))), of the text as received. 43 characters. */
export function policyHash(text: string): string {
  return base64urlSha256(Buffer.from(text, 'utf8').toString('base64url'));
}

/** `x-ms-policy-token-hash`: BASE64URL(SHA256(UTF8(jws))), of the JWS as received. 43 characters. */
export function policyTokenHash(jws: string): string {
  return base64urlSha256(jws);
}

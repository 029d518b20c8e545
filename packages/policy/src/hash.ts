/** The hashes that identify policies in tokens (policy language, section 13). */
import { encodeBase64url } from '@atesto/core';
// Of JavaScript alone: browsers hash asynchronously, and compiling a policy is not.
import { sha256 } from '@noble/hashes/sha2.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const base64urlSha256 = (text: string): string => encodeBase64url(sha256(bytesOf(text)));

/** `x-ms-policy-hash`: BASE64URL(SHA256(UTF8(BASE64URL(UTF8(text))))), of the text as received. 43 characters. */
export function policyHash(text: string): string {
  return base64urlSha256(encodeBase64url(bytesOf(text)));
}

/** `x-ms-policy-token-hash`: BASE64URL(SHA256(UTF8(jws))), of the JWS as received. 43 characters. */
export function policyTokenHash(jws: string): string {
  return base64urlSha256(jws);
}

/** Reads the `bytes` members of the contract: base64url without padding, and what its real clients send instead. */
import { refuseRequest } from './refusal.ts';

const urlAlphabet = /^[A-Za-z0-9_-]*={0,2}$/;
const plainAlphabet = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Decodes base64url or base64, with or without padding, white space around it allowed. Refuses with `base64url-invalid`
 * anything else, mixed alphabets, wrong padding and bits that belong to no byte included. `where` names the member.
 */
export function decodeBase64url(text: string, where: string): Uint8Array {
  const trimmed = text.trim();
  const isPadded = trimmed.endsWith('=');
  const wellFormed =
    (urlAlphabet.test(trimmed) || plainAlphabet.test(trimmed)) && (!isPadded || trimmed.length % 4 === 0);
  const digits = isPadded ? trimmed.replace(/=+$/, '') : trimmed;
  if (!wellFormed || digits.length % 4 === 1 || hasStrayBits(digits)) {
    refuseRequest('base64url-invalid', where, 'it must be base64url without padding');
  }
  return Buffer.from(digits, 'base64url');
}

/** RFC 4648, section 3.5: the unused bits of the last digit are zero. */
function hasStrayBits(digits: string): boolean {
  const rest = digits.length % 4;
  if (rest < 2) return false;
  return !(rest === 2 ? 'AQgw' : 'AEIMQUYcgkosw048').includes(digits.charAt(digits.length - 1));
}

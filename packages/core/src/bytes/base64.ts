/**
 * Base64 and base64url (RFC 4648, sections 4 and 5), decoded strictly: no white space, no mixed alphabets, no wrong padding, no bits
 * that belong to no byte (section 3.5). Works in browsers, where `Buffer` does not exist.
 */

const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const standardValues = valuesOf(`${alphanumeric}+/`);
const urlValues = valuesOf(`${alphanumeric}-_`);

/** The bytes of base64url without padding, the form of JWS (RFC 7515, section 2); undefined when the text is not in this form. */
export function decodeBase64url(text: string): Uint8Array | undefined {
  return decode(text, text.length, urlValues);
}

/** The bytes of base64 or base64url, with or without padding, as clients differ; undefined when the text is neither. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (padding > 0 && text.length % 4 !== 0) return undefined;
  const length = text.length - padding;
  return decode(text, length, urlValues) ?? decode(text, length, standardValues);
}

/** Base64url without padding, the form of JWS (RFC 7515, section 2). */
export function encodeBase64url(bytes: Uint8Array): string {
  // In parts: a call takes a limited number of arguments. Their size is a multiple of three, so that no part needs padding but the last.
  let text = '';
  for (let start = 0; start < bytes.length; start += 12_288) {
    text += btoa(String.fromCharCode(...bytes.subarray(start, start + 12_288)));
  }
  return text
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/={1,2}$/, '');
}

/** The value of each character by its code; -1 for characters outside the alphabet. */
function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (const [value, character] of [...alphabet].entries()) values[character.charCodeAt(0)] = value;
  return values;
}

function decode(text: string, length: number, values: Int8Array): Uint8Array | undefined {
  const rest = length % 4;
  if (rest === 1) return undefined;
  const bytes = new Uint8Array((length * 3) >> 2);
  const valueAt = (index: number): number => values[text.charCodeAt(index)] ?? -1;
  const whole = length - rest;
  let size = 0;
  // A character outside the alphabet makes the 24 bits negative.
  for (let index = 0; index < whole; index += 4) {
    const bits = (valueAt(index) << 18) | (valueAt(index + 1) << 12) | (valueAt(index + 2) << 6) | valueAt(index + 3);
    if (bits < 0) return undefined;
    bytes[size++] = bits >> 16;
    bytes[size++] = bits >> 8;
    bytes[size++] = bits;
  }
  if (rest === 0) return bytes;
  const bits = (valueAt(whole) << 18) | (valueAt(whole + 1) << 12) | (rest === 3 ? valueAt(whole + 2) << 6 : 0);
  const hasStrayBits = (bits & (rest === 3 ? 0xff : 0xffff)) !== 0;
  if (bits < 0 || hasStrayBits) return undefined;
  bytes[size++] = bits >> 16;
  if (rest === 3) bytes[size] = bits >> 8;
  return bytes;
}

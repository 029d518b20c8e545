/** Base64 in JSON documents of guests: standard or URL alphabet, padded or not, as their clients differ. Source: RFC 4648, sections 4 and 5. */

const alphabets = [/^[A-Za-z0-9+/]*={0,2}$/, /^[A-Za-z0-9_-]*={0,2}$/];

/** The bytes; undefined when the text, white space around it aside, is neither, mixes alphabets, or has bits that belong to no byte. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const trimmed = text.trim();
  if (!alphabets.some((alphabet) => alphabet.test(trimmed))) return undefined;
  const bytes = Buffer.from(trimmed, 'base64');
  const digits = trimmed.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  return bytes.toString('base64').replace(/=+$/, '') === digits ? new Uint8Array(bytes) : undefined;
}

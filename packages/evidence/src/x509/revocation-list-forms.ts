/** The forms in which revocation lists are handed around: DER, PEM, hex, base64. */

const pemBlock = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/g;

/** SEQUENCE with a length of one to three bytes. */
export function looksLikeDer(bytes: Uint8Array): boolean {
  const [tag, length = 0] = bytes;
  return tag === 0x30 && length > 0x7f && length < 0x84;
}

/**
 * The lists in bytes or text: one in DER, hex or base64 (broken into lines or not), or any number in PEM with nothing else between. DER, unverified
 * and not parsed; undefined when it is something else.
 */
export function revocationListsIn(bytes: Uint8Array): readonly [Uint8Array, ...Uint8Array[]] | undefined {
  if (looksLikeDer(bytes)) return [Uint8Array.from(bytes)];
  const text = Buffer.from(bytes).toString('latin1').replace(/\0$/, '').trim();
  const [first, ...others] = [...text.matchAll(pemBlock)].map(([, base64 = '']) =>
    Uint8Array.from(Buffer.from(base64, 'base64')),
  );
  if (first !== undefined) return text.replaceAll(pemBlock, '').trim() === '' ? [first, ...others] : undefined;
  const packed = text.replaceAll(/\s+/g, '');
  if (/^(?:[0-9a-fA-F]{2})+$/.test(packed)) return derOnly(Buffer.from(packed, 'hex'));
  return /^[A-Za-z0-9+/]+={0,2}$/.test(packed) ? derOnly(Buffer.from(packed, 'base64')) : undefined;
}

/** What was decoded must be a list: hex of hex, or base64 of PEM, is none of a vendor's forms. */
function derOnly(bytes: Uint8Array): readonly [Uint8Array] | undefined {
  return looksLikeDer(bytes) ? [Uint8Array.from(bytes)] : undefined;
}

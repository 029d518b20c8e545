/** Decodes UTF-8 strictly (Unicode, section 3.9): malformed bytes are not replaced. */

const keeping = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const dropping = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of UTF-8 bytes; undefined when they are not UTF-8.
 * @param byteOrderMark whether a leading byte order mark stays in the text, as U+FEFF, or is dropped
 */
export function decodeUtf8(bytes: Uint8Array, byteOrderMark: 'keep' | 'drop' = 'keep'): string | undefined {
  try {
    return (byteOrderMark === 'keep' ? keeping : dropping).decode(bytes);
  } catch {
    return undefined;
  }
}

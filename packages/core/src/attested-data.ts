/** The one shape of data that evidence commits to. */

/**
 * Runtime or init-time data. JSON is given as the very text or bytes whose hash the evidence carries, never as a value: another writer
 * would put members and white space elsewhere, and the hash would differ.
 */
export type AttestedData = { readonly bytes: Uint8Array } | { readonly json: string | Uint8Array };

/** The bytes whose hash the evidence carries: as given, or the UTF-8 of a text. */
export function attestedBytes(data: AttestedData): Uint8Array {
  if ('bytes' in data) return data.bytes;
  return typeof data.json === 'string' ? new TextEncoder().encode(data.json) : data.json;
}

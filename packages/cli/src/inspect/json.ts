/** Reads a file as a JSON object. */

const openingBrace = '{';

/** The members of the object, by their names as written; undefined when the bytes are no JSON object. */
export function membersOf(bytes: Uint8Array): ReadonlyMap<string, unknown> | undefined {
  const text = Buffer.from(withoutEnd(bytes))
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  if (!text.trimStart().startsWith(openingBrace)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

/** Without the NULs that C strings bring, counted from the end. */
function withoutEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (bytes[end - 1] === 0) end -= 1;
  return bytes.subarray(0, end);
}

/** Whether it is an object with all of these members, whatever the case of their names. */
export function hasMembers(bytes: Uint8Array, ...names: readonly string[]): boolean {
  const members = [...(membersOf(bytes)?.keys() ?? [])].map((name) => name.toLowerCase());
  return members.length > 0 && names.every((name) => members.includes(name.toLowerCase()));
}

/** Names places of texts as editors do. */

/** `line 3, column 5`, both from 1. @param offset in UTF-16 units */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

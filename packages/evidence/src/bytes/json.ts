/** Could two readers of this JSON see different documents? RFC 8259 leaves open what a repeated name means, and how exact a number is. */

/** Whether a name occurs twice in an object, at any depth. `value` is what the text was parsed to. */
export function repeatsName(text: string, value: unknown): boolean {
  return countMembers(value) !== countNames(text);
}

/** Whether a number, at any depth, is an integer that a double does not hold exactly, or beyond all doubles. */
export function roundsNumber(value: unknown): boolean {
  return everyValue(value).some(
    (each) =>
      typeof each === 'number' && !(Number.isInteger(each) ? Number.isSafeInteger(each) : Number.isFinite(each)),
  );
}

/** The value and all within it. */
function everyValue(value: unknown): unknown[] {
  const values = [value];
  for (const each of values) {
    if (typeof each !== 'object' || each === null) continue;
    for (const child of Object.values(each)) values.push(child);
  }
  return values;
}

/** How many members the parsed value has. */
function countMembers(value: unknown): number {
  return everyValue(value).reduce<number>(
    (count, each) =>
      typeof each === 'object' && each !== null && !Array.isArray(each) ? count + Object.keys(each).length : count,
    0,
  );
}

/** How many names of members the text holds; it is known to be JSON. */
function countNames(text: string): number {
  let names = 0;
  let start = text.indexOf('"');
  while (start !== -1) {
    const end = endOfString(text, start);
    let next = end;
    while (' \t\n\r'.includes(text.charAt(next)) && next < text.length) next++;
    if (text.charAt(next) === ':') names++;
    start = text.indexOf('"', end);
  }
  return names;
}

/** The index after the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
}

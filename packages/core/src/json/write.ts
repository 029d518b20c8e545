/** Writes JSON without rounding: integers beyond 2^53-1 are `bigint` in memory and plain digits in the text. */
import { refuse } from '../outcome.ts';

/** `JSON.rawJSON` of ECMAScript's "JSON.parse source text access", which TypeScript's library does not declare. */
interface SourceTextJson {
  rawJSON(text: string): object;
}
const exactJson = JSON as JSON & SourceTextJson;

/**
 * The JSON text of a value, with every integer exact. Throws `Refused` with `number-not-finite` for NaN and infinities, which JSON.stringify
 * would turn into `null`.
 * @param value a JSON value, or an object of such values
 * @param indent spaces per level; 0 writes one line
 */
export function writeExactJson(value: unknown, indent = 0): string {
  const exact = (name: string, member: unknown): unknown => {
    if (typeof member === 'bigint') return exactJson.rawJSON(member.toString());
    if (typeof member === 'number' && !Number.isFinite(member)) {
      refuse('number-not-finite', name, 'JSON cannot express this number');
    }
    return member;
  };
  return JSON.stringify(value, exact, indent);
}

/** Writes JSON without rounding: integers beyond 2^53-1 are `bigint` in memory and plain digits in the text. */
import { refuse } from '../outcome.ts';

/** `JSON.rawJSON` of ECMAScript's "JSON.parse source text access"; Node 20 and browsers of its time lack it. */
const rawJson: unknown = Reflect.get(JSON, 'rawJSON');

/**
 * The JSON text of a value, with every integer exact. Throws `Refused` with `number-not-finite` for NaN and infinities, which JSON.stringify
 * would turn into `null`.
 * @param value a JSON value, or an object of such values; undefined members are left out
 * @param indent spaces per level; 0 writes one line
 */
export function writeExactJson(value: unknown, indent = 0): string {
  if (typeof rawJson !== 'function') return writeByHand(value, indent);
  const exact = (name: string, member: unknown): unknown => {
    if (typeof member === 'bigint') return rawJson(member.toString());
    checkNumber(name, member);
    return member;
  };
  return JSON.stringify(value, exact, indent);
}

/** The same without `JSON.rawJSON`, and slower. */
export function writeByHand(value: unknown, indent: number): string {
  return write(value, '', ' '.repeat(indent), indent === 0 ? '' : '\n');
}

function write(value: unknown, name: string, step: string, line: string): string {
  if (typeof value === 'bigint') return value.toString();
  checkNumber(name, value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const within = line + step;
  const parts = Array.isArray(value)
    ? value.map((item, index) => write(item, String(index), step, within))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => `${JSON.stringify(key)}:${step && ' '}${write(member, key, step, within)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return parts.length === 0 ? open + close : `${open}${within}${parts.join(`,${within}`)}${line}${close}`;
}

function checkNumber(name: string, value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    refuse('number-not-finite', name, 'JSON cannot express this number');
  }
}

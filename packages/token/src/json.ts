/**
 * How claims become JSON and JSON becomes claims without rounding: integers beyond 2^53-1 are `bigint` on this side and plain
 * digits on the wire (RFC 8259 section 6 leaves precision to the implementations).
 */
import { type Outcome, refuse, settle } from './refusal.ts';

/** A JSON value whose large integers are exact. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** What ECMAScript's "JSON.parse source text access" adds and the standard library's types lack. */
interface SourceTextJson {
  rawJSON(text: string): object;
  parse(text: string, reviver: (name: string, value: JsonValue, context: { source?: string }) => JsonValue): JsonValue;
}
const exactJson = JSON as JSON & SourceTextJson;

const maxDepth = 128;
const digits = /^-?\d+$/;

/**
 * Parses JSON text; integers that a double cannot hold exactly become `bigint`. Of repeated members the last counts.
 * Refuses text that is not JSON or nests deeper than 128 levels.
 */
export function parseExactJson(text: string): Outcome<JsonValue> {
  return settle(() => {
    if (depthOf(text) > maxDepth) refuse('json-too-deep', 'json', `the JSON nests deeper than ${maxDepth} levels`);
    try {
      return exactJson.parse(text, (_name: string, value: JsonValue, { source }: { source?: string }) =>
        typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && digits.test(source)
          ? BigInt(source)
          : value,
      );
    } catch (error) {
      if (error instanceof SyntaxError) return refuse('json-malformed', 'json', 'the text is not JSON');
      throw error;
    }
  });
}

/** The deepest nesting of the brackets outside strings; for text that is not JSON, some number. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const char = text.charCodeAt(index);
    if (inString) {
      if (char === 0x5c) index++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x5b || char === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (char === 0x5d || char === 0x7d) depth--;
  }
  return deepest;
}

/** Writes JSON text with every integer exact. Refuses NaN and infinities, which JSON.stringify would turn into `null`. */
export function writeExactJson(value: JsonValue): string {
  return JSON.stringify(value, (name: string, member: unknown) => {
    if (typeof member === 'bigint') return exactJson.rawJSON(member.toString());
    if (typeof member === 'number' && !Number.isFinite(member)) {
      refuse('number-not-finite', name, 'the claim holds a number that JSON cannot express');
    }
    return member;
  });
}

/** Whether two JSON values are the same; member order does not count, `1` and `1n` are the same integer. */
export function sameJson(left: JsonValue, right: JsonValue): boolean {
  return canonical(left) === canonical(right);
}

function canonical(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
    return `{${members.sort().join(',')}}`;
  }
  return writeExactJson(value);
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

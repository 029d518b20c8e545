/**
 * Reads JSON from strangers: what is ambiguous is refused, and no integer is rounded.
 *
 * RFC 8259 leaves duplicate names open; two readers that choose differently see two documents, so they are refused here.
 */
import { type JsonObject, type JsonValue, parseExactJson } from '@atesto/token';
import { refuseRequest } from './refusal.ts';

const maxDepth = 32;
/** Beyond the largest double nobody means a number; the time that a big integer takes grows faster than its length. */
const longestNumber = 400;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses a JSON object in UTF-8. Refuses with `otherwise` what is not one, with `json-too-deep`, `member-duplicate`,
 * `member-forbidden` and `member-invalid` (too long a number) what is dangerous. `where` names the document in refusals.
 */
export function parseJsonObject(
  bytes: Uint8Array,
  where: string,
  otherwise: 'body-not-json' | 'data-not-json' | 'jws-malformed',
): JsonObject {
  const text = decode(bytes);
  const value = text === undefined ? undefined : parse(text, where);
  if (isJsonObject(value)) return value;
  return refuseRequest(otherwise, where, 'it must be a JSON object in UTF-8');
}

/** Whether a value is a JSON object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function parse(text: string, where: string): JsonValue | undefined {
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!scan(text, where).hasLongNumber) return value;
  const exact = parseExactJson(text);
  return exact.ok ? exact.value : undefined;
}

interface Level {
  /** The names of an object so far; an array has none. */
  readonly names: Set<string> | undefined;
  awaitsName: boolean;
}

/** Walks text that is valid JSON: depth, names, and whether a number has more digits than a double keeps. */
function scan(text: string, where: string): { hasLongNumber: boolean } {
  const levels: Level[] = [];
  let hasLongNumber = false;
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    const level = levels.at(-1);
    if (character === '"') {
      const end = endOfString(text, at);
      if (level?.awaitsName) checkName(level, text.slice(at, end), where);
      else valueSeen(level);
      at = end;
    } else if (character === '{' || character === '[') {
      valueSeen(level);
      levels.push({ names: character === '{' ? new Set() : undefined, awaitsName: character === '{' });
      if (levels.length > maxDepth)
        refuseRequest('json-too-deep', where, `it is nested more than ${maxDepth} levels deep`);
      at++;
    } else if (character === '}' || character === ']') {
      levels.pop();
      at++;
    } else if (' \t\r\n:,'.includes(character)) {
      at++;
    } else {
      const end = endOfScalar(text, at);
      if (end - at > longestNumber)
        refuseRequest('member-invalid', where, `it has a number of more than ${longestNumber} characters`);
      hasLongNumber ||= end - at > 15;
      valueSeen(level);
      at = end;
    }
  }
  return { hasLongNumber };
}

function valueSeen(level: Level | undefined): void {
  if (level?.names !== undefined) level.awaitsName = true;
}

function checkName(level: Level, quoted: string, where: string): void {
  const name: string = JSON.parse(quoted);
  if (name === '__proto__') refuseRequest('member-forbidden', where, 'it has a member named __proto__');
  if (level.names?.has(name)) refuseRequest('member-duplicate', where, 'an object in it has two members of one name');
  level.names?.add(name);
  level.awaitsName = false;
}

/** The index after the closing quote: the first quote that an even number of backslashes precedes. */
function endOfString(text: string, start: number): number {
  let quote = start;
  for (;;) {
    quote = text.indexOf('"', quote + 1);
    let backslashes = 0;
    while (text.charAt(quote - 1 - backslashes) === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
}

function endOfScalar(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && !' \t\r\n,}]'.includes(text.charAt(end))) end++;
  return end;
}

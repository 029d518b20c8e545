/** Splits a JMESPath query into tokens (jmespath.org, grammar). */
import { Refused } from '@atesto/core';
import type { Budget } from '../budget.ts';
import { readJson } from '../json/read.ts';
import type { JsonValue } from '../json/value.ts';
import { fail } from '../refusal.ts';

/** The kinds of tokens. */
export type QueryTokenKind = 'name' | 'quoted' | 'number' | 'literal' | 'symbol' | 'end';

/** One token of a query. */
export interface QueryToken {
  readonly kind: QueryTokenKind;
  /** The symbol, or the name of a `name` or `quoted`. */
  readonly text: string;
  readonly value: JsonValue;
  readonly offset: number;
}

const symbols = ['[?', '[]', '[', ']', '||', '|', '&&', '&', '==', '!=', '!', '<=', '<', '>=', '>', '{', '}', '(', ')'];
const singles = ['.', '*', ',', ':', '@'];
const known: ReadonlySet<string> = new Set([...symbols, ...singles]);
const name = /[A-Za-z_][0-9A-Za-z_]*/y;
const number = /-?(?:0|[1-9][0-9]*)/y;
const quoted = /"(?:[^"\\]|\\[\s\S])*"/y;
const raw = /'(?:[^'\\]|\\[\s\S])*'/y;
const literal = /`(?:[^`\\]|\\[\s\S])*`/y;

/** Units of work for each character of a query, which may be a token of its own. */
const characterWork = 8;

/** Splits a query; the last token is always `end`. The budget pays by length, and for literals. Refuses with `query-invalid`. */
export function tokenizeQuery(query: string, budget: Budget): QueryToken[] {
  budget.charge(characterWork * query.length);
  const tokens: QueryToken[] = [];
  let offset = 0;
  while (offset < query.length) {
    if (isSpace(query.charCodeAt(offset))) {
      offset++;
      continue;
    }
    const token = readToken(query, offset, budget);
    tokens.push(token.token);
    offset += token.length;
  }
  tokens.push({ kind: 'end', text: '', value: null, offset });
  return tokens;
}

function readToken(query: string, offset: number, budget: Budget): { token: QueryToken; length: number } {
  const found = (kind: QueryTokenKind, length: number, text: string, value: JsonValue = null) => ({
    token: { kind, text, value, offset },
    length,
  });
  const first = query[offset] ?? '';
  const code = query.charCodeAt(offset);
  const word = isNameStart(code) ? match(name, query, offset) : undefined;
  if (word !== undefined) return found('name', word.length, word);
  const digits = isNumberStart(code) ? match(number, query, offset) : undefined;
  if (digits !== undefined) return found('number', digits.length, digits, Number(digits));
  if (first === '"') {
    const text = closed(quoted, query, offset, 'quoted name');
    const value = jsonIn(text, offset, budget);
    return found('quoted', text.length, typeof value === 'string' ? value : '');
  }
  if (first === "'") {
    const text = closed(raw, query, offset, 'raw string');
    return found('literal', text.length, '', text.slice(1, -1).replaceAll("\\'", "'"));
  }
  if (first === '`') {
    const text = closed(literal, query, offset, 'literal');
    return found('literal', text.length, '', literalValue(text.slice(1, -1).replaceAll('\\`', '`'), offset, budget));
  }
  const two = query.substr(offset, 2);
  const symbol = known.has(two) ? two : known.has(first) ? first : undefined;
  if (symbol !== undefined) return found('symbol', symbol.length, symbol);
  return invalidQuery(offset, `${JSON.stringify(first)} fits nowhere`);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d;
}

function isNameStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

function isNumberStart(code: number): boolean {
  return code === 0x2d || (code >= 0x30 && code <= 0x39);
}

function match(pattern: RegExp, query: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(query)?.[0];
}

function closed(pattern: RegExp, query: string, offset: number, what: string): string {
  return match(pattern, query, offset) ?? invalidQuery(offset, `the ${what} is not closed`);
}

/** Before JSON was required between backticks, bare text was a string; older libraries still read it so. */
function literalValue(text: string, offset: number, budget: Budget): JsonValue {
  const trimmed = text.trim();
  return /^["[{]|^-?[0-9]|^(?:true|false|null)$|^$/.test(trimmed) ? jsonIn(trimmed, offset, budget) : trimmed;
}

function jsonIn(text: string, offset: number, budget: Budget): JsonValue {
  try {
    return readJson(text, budget);
  } catch (error) {
    if (!(error instanceof Refused) || !error.refusal.code.startsWith('json-')) throw error;
    return invalidQuery(offset, error.refusal.why);
  }
}

/** Refuses with `query-invalid`. */
export function invalidQuery(offset: number, what: string): never {
  return fail('query-invalid', `The query does not compile: character ${offset + 1}, ${what}.`);
}

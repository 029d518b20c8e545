/** Writes claims as JSON without rounding: integers beyond 2^53-1 are `bigint` in memory and plain digits in the text. */
import type { JsonValue } from '@atesto/core';
import { refuse } from './refusal.ts';

/** `JSON.rawJSON` of ECMAScript's "JSON.parse source text access", which TypeScript's library does not declare. */
interface SourceTextJson {
  rawJSON(text: string): object;
}
const exactJson = JSON as JSON & SourceTextJson;

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

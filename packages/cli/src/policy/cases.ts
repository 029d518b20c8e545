/** Reads a file of policy cases: JSON, in which comments and trailing commas are allowed. */
import { dirname, resolve } from 'node:path';
import { isJsonObject, type JsonObject, type JsonValue, readJson, writeExactJson } from '@atesto/core';
import { type Claim, parseClaims } from '@atesto/policy';
import stripJsonComments from 'strip-json-comments';
import { misused } from '../failure.ts';
import { readText } from '../input/file.ts';
import { placeOf } from '../input/place.ts';

const shape = 'Write {"policy": "policy.txt", "cases": [{"name": "…", "claims": {…}, "expect": "permitted"}]}.';
const members = ['policy', 'attestationType', 'cases'];

/** What a file of cases holds. Cases are as they stand, except that lists of claims have been read. */
export interface CaseFile {
  /** The path of the policy; undefined: the file does not name it. */
  readonly policy: string | undefined;
  readonly attestationType: string | undefined;
  readonly cases: readonly unknown[];
}

/** Reads a file of cases. What is wrong with it is a wrong call. */
export async function readCases(path: string): Promise<CaseFile> {
  const text = await readText(path, 'the cases');
  // Comments become blanks, so that places in the text stay what they are.
  const reading = readJson(stripJsonComments(text, { trailingCommas: true }));
  if (!reading.ok) return misused(`the cases ${path}: ${placeOf(text, reading.fault.at)}: ${reading.fault.why}`, shape);
  const { value } = reading;
  if (!isJsonObject(value) || !Array.isArray(value.cases))
    return misused(`the cases ${path}: a list of cases is missing`, shape);
  const unknown = Object.keys(value).find((name) => !members.includes(name));
  if (unknown !== undefined)
    return misused(`the cases ${path}: ${unknown} is no member`, `Members are ${members.join(', ')}.`);
  const policy = textMember(value, 'policy', path);
  return {
    policy: policy === undefined ? undefined : resolve(dirname(path), policy),
    attestationType: textMember(value, 'attestationType', path),
    cases: value.cases.map((one, index) => withClaims(one, index, path)),
  };
}

function textMember(value: JsonObject, name: string, path: string): string | undefined {
  const member = value[name];
  if (member === undefined || typeof member === 'string') return member;
  return misused(`the cases ${path}: ${name} is no text`, shape);
}

/** A list of claims is read like the claims of `atesto policy eval`. */
function withClaims(one: JsonValue, index: number, path: string): unknown {
  if (!isJsonObject(one) || !Array.isArray(one.claims)) return one;
  const claims = parseClaims(writeExactJson(one.claims));
  if (claims.ok) return { ...one, claims: claims.value satisfies readonly Claim[] };
  const { code, why } = claims.refusal;
  return misused(
    `the cases ${path}: cases[${index}]: ${why} [${code}]`,
    'Write [{"type": "…", "value": "…", "issuer": "AttestationService"}].',
  );
}

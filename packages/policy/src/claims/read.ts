/** Reads claims from JSON text: a list of `{type, value, valueType?, issuer?}`, as test cases and the command line use. */

import { Budget } from '../budget.ts';
import { readJson, readNumber } from '../json/read.ts';
import type { JsonValue } from '../json/value.ts';
import { fail, type PolicyOutcome, settleAt } from '../refusal.ts';
import {
  type Claim,
  type ClaimIssuer,
  type ClaimValue,
  claimIssuers,
  greatestInteger,
  leastInteger,
  valueTypeOf,
} from './claim.ts';

/**
 * Reads claims. Integers are exact over 64 bits. A string value with a `valueType` is converted.
 * Without `issuer` the client is the issuer. Refuses with `json-invalid`, `json-depth`, `json-number-range`, `limit-work`,
 * `limit-memory` or `invalid-claim`.
 */
export function parseClaims(text: string): PolicyOutcome<Claim[]> {
  return settleAt('claims', () => {
    const budget = new Budget();
    const list = readJson(text, budget);
    if (!Array.isArray(list)) return fail('invalid-claim', 'the claims must be a JSON array');
    return list.map((item, index) => claimOf(item, index, budget));
  });
}

function claimOf(item: JsonValue, index: number, budget: Budget): Claim {
  if (!(item instanceof Map)) return fail('invalid-claim', `claim ${index} must be an object`);
  const type = item.get('type');
  if (typeof type !== 'string' || type === '') return fail('invalid-claim', `claim ${index} needs a type`);
  const issuer = issuerOf(item.get('issuer'), index);
  const value = givenValue(item.get('value'), item.get('valueType'), index, budget);
  return { type, value, issuer };
}

function issuerOf(value: JsonValue | undefined, index: number): ClaimIssuer {
  if (value === undefined) return 'CustomClaim';
  const issuer = claimIssuers.find((known) => known === value);
  return issuer ?? fail('invalid-claim', `the issuer of claim ${index} must be one of ${claimIssuers.join(', ')}`);
}

function givenValue(
  value: JsonValue | undefined,
  valueType: JsonValue | undefined,
  index: number,
  budget: Budget,
): ClaimValue {
  const plain = plainValue(value, index);
  if (valueType === undefined || valueType === valueTypeOf(plain)) return plain;
  const converted = typeof plain === 'string' ? convert(plain, valueType, budget) : undefined;
  return converted ?? fail('invalid-claim', `the value of claim ${index} does not have its valueType`);
}

function plainValue(value: JsonValue | undefined, index: number): ClaimValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) {
    const whole = BigInt(value);
    if (whole >= leastInteger && whole <= greatestInteger) return whole;
  }
  return fail('invalid-claim', `the value of claim ${index} must be a String, 64-bit Integer or Boolean`);
}

function convert(text: string, valueType: JsonValue, budget: Budget): ClaimValue | undefined {
  if (valueType === 'Boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (valueType !== 'Integer') return undefined;
  const number = readNumber(text, budget);
  if (number === undefined || (typeof number === 'number' && !Number.isInteger(number))) return undefined;
  const whole = BigInt(number);
  return whole >= leastInteger && whole <= greatestInteger ? whole : undefined;
}

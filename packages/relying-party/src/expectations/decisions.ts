/** Checks that expectations are complete and well-formed, before any token is read. */
import { isJsonObject } from '@atesto/core';
import { refuse } from '../refusal.ts';
import type { Expectations, TokenExpectations } from './expectations.ts';

type Rule = (value: unknown) => boolean;

const hex =
  (sizeBytes: number): Rule =>
  (value) =>
    typeof value === 'string' && value.length === 2 * sizeBytes && /^[0-9a-fA-F]+$/.test(value);
const hash: Rule = (value) => typeof value === 'string' && /^[\w-]{43}$/.test(value);
const integer =
  (maximum: number): Rule =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maximum;
const any: Rule = (value) => value === 'any';
const either =
  (...rules: Rule[]): Rule =>
  (value) =>
    rules.some((rule) => rule(value));
const oneOf = (rule: Rule): Rule =>
  either(any, rule, (value) => Array.isArray(value) && value.length > 0 && value.every(rule));
const isFalse: Rule = (value) => value === false;
const claimValues: Rule = (value) => isJsonObject(value) && Object.values(value).every((claim) => claim !== undefined);

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

const nonce: Rule = either(any, (value) => {
  const equals = member(value, 'equals');
  return typeof equals === 'bigint' || typeof equals === 'string' || Number.isSafeInteger(equals);
});
const runtimeData: Rule = either(
  any,
  (value) => member(value, 'bytes') instanceof Uint8Array,
  (value) => member(value, 'json') !== undefined,
  (value) => typeof member(member(value, 'key'), 'kty') === 'string',
);

const common: Readonly<Record<string, Rule>> = { policyHash: oneOf(hash), nonce, runtimeData };
const byType: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  sgx: {
    mrSigner: oneOf(hex(32)),
    mrEnclave: oneOf(hex(32)),
    productId: oneOf(integer(0xffff)),
    minimumSvn: either(any, integer(0xffff)),
  },
  sevsnpvm: { launchMeasurement: oneOf(hex(48)), minimumGuestSvn: either(any, integer(0xffffffff)) },
  tdxvm: { mrTd: oneOf(hex(48)) },
  tpm: {},
  vbs: {},
  azurevm: {},
  any: {},
};
const defaulted: Readonly<Record<string, Rule>> = {
  debuggable: either(isFalse, any),
  developmentRoot: either(isFalse, any),
  claims: claimValues,
};

const defaultedByType: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  azurevm: { isolationClaims: claimValues },
};

/** Refuses expectations with a missing decision, of another attestation type, or of the wrong shape. */
export function checkDecisions(expectations: Expectations): void {
  const type: string =
    expectations.attestationType ?? refuse('decision-missing', 'attestationType', leftOut('attestationType'));
  const rules = Object.hasOwn(byType, type) ? byType[type] : undefined;
  if (rules === undefined) refuse('expectation-malformed', 'attestationType', 'the attestation type is unknown');
  const required = { ...common, ...rules };
  const optional = { ...defaulted, ...(Object.hasOwn(defaultedByType, type) ? defaultedByType[type] : {}) };
  for (const [name, rule] of Object.entries(required)) {
    const value = member(expectations, name);
    if (value === undefined) refuse('decision-missing', name, leftOut(name));
    checkShape(name, rule(value));
  }
  for (const name of Object.keys(expectations)) {
    if (name === 'attestationType' || Object.hasOwn(required, name)) continue;
    const rule = Object.hasOwn(optional, name) ? optional[name] : undefined;
    const value = member(expectations, name);
    checkShape(name, rule !== undefined && (value === undefined || rule(value)));
  }
}

/** The same for the expectations of a single token. */
export function checkTokenDecisions(expectations: TokenExpectations): void {
  for (const name of Object.keys(expectations)) {
    const rule = name === 'nonce' || name === 'runtimeData' ? common[name] : undefined;
    const value = member(expectations, name);
    checkShape(name, rule?.(value) === true);
  }
}

function leftOut(name: string): string {
  return `set the expected ${name}, or 'any'`;
}

function checkShape(name: string, fits: boolean): void {
  if (!fits)
    refuse('expectation-malformed', name, `${name} is not an expectation of this attestation type, or is malformed`);
}

/** Checks that expectations are complete and well-formed, before any token is read. */
import { isJsonObject } from '@atesto/core';
import { tokenAttestationTypes } from '../attestation-type.ts';
import { misuse } from '../refusal.ts';
import { membersOf } from '../token/runtime-data.ts';
import type { Expectations, TokenExpectations } from './expectations.ts';
import { jsonOf } from './runtime-data.ts';

/** A form of values, and the words for it. */
interface Form {
  readonly fits: (value: unknown) => boolean;
  readonly words: string;
}
type Forms = Readonly<Record<string, Form>>;

const hex = (sizeBytes: number): Form => ({
  fits: (value) => typeof value === 'string' && value.length === 2 * sizeBytes && /^[0-9a-fA-F]+$/.test(value),
  words: `${2 * sizeBytes} hex digits`,
});
const hash: Form = {
  fits: (value) => typeof value === 'string' && /^[\w-]{43}$/.test(value),
  words: '43 base64url characters',
};
const integer = (maximum: number): Form => ({
  fits: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maximum,
  words: `a whole number from 0 to ${maximum}`,
});
const orAny = ({ fits, words }: Form): Form => ({
  fits: (value) => value === 'any' || fits(value),
  words: `${words}, or 'any'`,
});
const oneOf = ({ fits, words }: Form): Form =>
  orAny({
    fits: (value) => fits(value) || (Array.isArray(value) && value.length > 0 && value.every(fits)),
    words: `${words}, a list of such`,
  });
const falseOrAny = orAny({ fits: (value) => value === false, words: 'false' });
const claimValues: Form = {
  fits: (value) => isPlainObject(value) && Object.values(Object(value)).every((claim) => claim !== undefined),
  words: 'a plain object of claims and their values',
};

/**
 * An object without a class of its own, of any realm. Expectations that are inherited, such as the getters of a class, or held elsewhere, as in a
 * Map, are not members: none of them would be checked.
 */
function isPlainObject(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

/** What a value holds under its one name; undefined when it has several: only one would be checked, and the others in silence not. */
function onlyMember(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 1
    ? member(value, name)
    : undefined;
}

const nonce = orAny({
  fits: (value) => {
    const equals = onlyMember(value, 'equals');
    return typeof equals === 'bigint' || typeof equals === 'string' || Number.isSafeInteger(equals);
  },
  words: '{ equals } with a text, a safe integer or a bigint',
});
const isPublicKey = (key: unknown): boolean =>
  membersOf(member(key, 'kty'))?.every((name) => typeof member(key, name) === 'string') === true;
const runtimeData = orAny({
  fits: (value) =>
    onlyMember(value, 'bytes') instanceof Uint8Array ||
    jsonOf(onlyMember(value, 'json')) !== undefined ||
    isPublicKey(onlyMember(value, 'key')),
  words: 'one of { bytes }, { json } with an object or its text, { key } with a public JSON Web Key',
});

const common: Forms = { policyHash: oneOf(hash), nonce, runtimeData };
const byType: Readonly<Record<string, Forms>> = {
  SgxEnclave: {
    mrSigner: oneOf(hex(32)),
    mrEnclave: oneOf(hex(32)),
    productId: oneOf(integer(0xffff)),
    minimumSvn: orAny(integer(0xffff)),
  },
  SevSnpVm: { launchMeasurement: oneOf(hex(48)), minimumGuestSvn: orAny(integer(0xffffffff)) },
  TdxVm: { mrTd: oneOf(hex(48)) },
  Tpm: {},
  VbsEnclave: {},
  AzureGuest: {},
  any: {},
};
const defaulted: Forms = { debuggable: falseOrAny, developmentRoot: falseOrAny, claims: claimValues };
const defaultedByType: Readonly<Record<string, Forms>> = { AzureGuest: { isolationClaims: claimValues } };

/** Throws `ConfigurationError` for a missing decision, for one of another attestation type, and for one of the wrong shape. */
export function checkDecisions(expectations: Expectations): void {
  const where = 'options.expectations';
  if (!isPlainObject(expectations)) misuse(where, 'a plain object of expectations', 'decision-missing');
  const type = member(expectations, 'attestationType');
  if (type === undefined) misuse(`${where}.attestationType`, types, 'decision-missing');
  const forms = typeof type === 'string' && Object.hasOwn(byType, type) ? byType[type] : undefined;
  if (forms === undefined) misuse(`${where}.attestationType`, types, 'expectation-malformed');
  const required = { ...common, ...forms };
  const optional = { ...defaulted, ...defaultedByType[String(type)] };
  for (const [name, form] of Object.entries(required)) {
    const value = member(expectations, name);
    if (value === undefined) misuse(`${where}.${name}`, form.words, 'decision-missing');
    checkForm(`${where}.${name}`, form, value);
  }
  for (const name of Object.keys(expectations)) {
    if (name === 'attestationType' || Object.hasOwn(required, name)) continue;
    const value = member(expectations, name);
    const form = Object.hasOwn(optional, name) ? optional[name] : undefined;
    if (form === undefined) unknown(`${where}.${name}`, [...Object.keys(required), ...Object.keys(optional)]);
    else if (value !== undefined) checkForm(`${where}.${name}`, form, value);
  }
}

/** The same for the expectations of a single token. */
export function checkTokenDecisions(expectations: TokenExpectations): void {
  if (!isPlainObject(expectations)) misuse('expected', 'a plain object of expectations', 'expectation-malformed');
  for (const name of Object.keys(expectations)) {
    const form = name === 'nonce' || name === 'runtimeData' ? common[name] : undefined;
    if (form === undefined) unknown(`expected.${name}`, ['nonce', 'runtimeData']);
    else checkForm(`expected.${name}`, form, member(expectations, name));
  }
}

const types = `${tokenAttestationTypes.join(', ')} or 'any'`;

function unknown(option: string, known: readonly string[]): never {
  misuse(option.slice(0, 200), `no such expectation, but ${known.join(', ')}`, 'expectation-malformed');
}

function checkForm(option: string, { fits, words }: Form, value: unknown): void {
  if (!fits(value)) misuse(option, words, 'expectation-malformed');
}

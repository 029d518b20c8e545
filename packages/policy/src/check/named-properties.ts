/** The configuration properties and property claims that the service knows (policy language, sections 9 and 10). */
import type { AttestationType } from '@atesto/core';
import type { ClaimValue } from '../claims/claim.ts';

/** Where `issueproperty` puts its claims: the configuration or the properties of the token. */
export type PropertyPlace = 'configuration' | 'properties';

interface NamedProperty {
  readonly place: PropertyPlace;
  readonly appliesTo: readonly AttestationType[];
  /** What a value must be, as the end of "… must be"; undefined when the value is valid. */
  readonly mustBe: (value: ClaimValue) => string | undefined;
}

const sgxBaselines: readonly AttestationType[] = ['SgxEnclave', 'OpenEnclave', 'TdxVm'];
const tpmTypes: readonly AttestationType[] = ['Tpm', 'VbsEnclave'];

const namedProperties: ReadonlyMap<string, NamedProperty> = new Map([
  [
    'x-ms-sgx-tcbidentifier',
    {
      place: 'configuration',
      appliesTo: sgxBaselines,
      mustBe: (value) => (typeof value === 'string' && value !== '' ? undefined : 'a non-empty String'),
    },
  ],
  ['require_valid_aik_cert', { place: 'configuration', appliesTo: tpmTypes, mustBe: boolean }],
  ['required_pcr_mask', { place: 'configuration', appliesTo: tpmTypes, mustBe: integerBetween(0n, 0xffffffn) }],
  ['report_validity_in_minutes', { place: 'properties', appliesTo: tpmTypes, mustBe: integerBetween(1n, 525_600n) }],
  ['omit_x5c', { place: 'properties', appliesTo: tpmTypes, mustBe: boolean }],
]);

function boolean(value: ClaimValue): string | undefined {
  return typeof value === 'boolean' ? undefined : 'a Boolean';
}

function integerBetween(least: bigint, greatest: bigint): (value: ClaimValue) => string | undefined {
  return (value) =>
    typeof value === 'bigint' && value >= least && value <= greatest
      ? undefined
      : `an Integer from ${least} to ${greatest}`;
}

/** The property of this name in this section; undefined when it is unknown. */
export function namedProperty(place: PropertyPlace, name: string): NamedProperty | undefined {
  const property = namedProperties.get(name);
  return property?.place === place ? property : undefined;
}

/** The known property names in this section. */
export function namesAt(place: PropertyPlace): string[] {
  return [...namedProperties].filter(([, property]) => property.place === place).map(([name]) => name);
}

/** Why the value of a known property is invalid, as a sentence; undefined when it is valid or the name is unknown. */
export function propertyProblem(place: PropertyPlace, name: string, value: ClaimValue): string | undefined {
  const mustBe = namedProperty(place, name)?.mustBe(value);
  return mustBe === undefined ? undefined : `The property ${name} must be ${mustBe}.`;
}

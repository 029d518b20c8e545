/** The configuration properties and property claims that the service knows (policy language, sections 9 and 10). */
import type { AttestationKind } from '../attestation-kind.ts';
import type { ClaimValue } from '../claims/claim.ts';

/** Where `issueproperty` puts its claims: into the configuration or among the token's properties. */
export type PropertyPlace = 'configuration' | 'properties';

interface NamedProperty {
  readonly place: PropertyPlace;
  readonly appliesTo: readonly AttestationKind[];
  /** What is wrong with a value, as the end of "… must be"; undefined when it fits. */
  readonly mustBe: (value: ClaimValue) => string | undefined;
}

const sgxBaselines: readonly AttestationKind[] = ['SgxEnclave', 'OpenEnclave', 'TdxVm'];
const tpmTypes: readonly AttestationKind[] = ['Tpm', 'VbsEnclave'];

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

/** The property of this name at this place; undefined when the service knows none. */
export function namedProperty(place: PropertyPlace, name: string): NamedProperty | undefined {
  const property = namedProperties.get(name);
  return property?.place === place ? property : undefined;
}

/** The names that the service knows at this place. */
export function namesAt(place: PropertyPlace): string[] {
  return [...namedProperties].filter(([, property]) => property.place === place).map(([name]) => name);
}

/** What is wrong with the value of a known property, as a sentence; undefined when it fits or the name is unknown. */
export function propertyProblem(place: PropertyPlace, name: string, value: ClaimValue): string | undefined {
  const mustBe = namedProperty(place, name)?.mustBe(value);
  return mustBe === undefined ? undefined : `The property ${name} must be ${mustBe}.`;
}

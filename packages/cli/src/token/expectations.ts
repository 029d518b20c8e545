/** Turns options into expectations. What is not named is expected to be decided: `--accept-any` decides all of it at once. */
import { isJsonObject, readJson } from '@atesto/core';
import type { ClaimValue, Expectations, OneOf, PublicJwk, RuntimeDataExpectation } from '@atesto/relying-party';
import { misused } from '../failure.ts';
import { readBytes, readText } from '../input/file.ts';

/** The options that say what a relying party wants. */
export interface ExpectationOptions {
  readonly type?: string;
  readonly mrSigner?: readonly string[];
  readonly mrEnclave?: readonly string[];
  readonly productId?: number;
  readonly minimumSvn?: number;
  readonly launchMeasurement?: readonly string[];
  readonly minimumGuestSvn?: number;
  readonly mrTd?: readonly string[];
  readonly policyHash?: readonly string[];
  readonly nonce?: string;
  readonly runtimeData?: string;
  readonly runtimeJson?: string;
  readonly runtimeKey?: string;
  readonly claim?: readonly string[];
  readonly isolationClaim?: readonly string[];
  readonly acceptAny?: true;
  readonly allowDebug?: true;
  readonly allowDevelopmentRoot?: true;
}

/** What was expected, and what was left to any value. */
export interface ReadExpectations {
  readonly expectations: Expectations;
  /** Options that were not given, in the words of the command line. */
  readonly unchecked: readonly string[];
}

/** Reads the options. Without `--accept-any` every expectation of the type must be given. */
export async function readExpectations(options: ExpectationOptions): Promise<ReadExpectations> {
  const unchecked: string[] = [];
  const decided = <Value>(value: Value | undefined, option: string): Value | 'any' => {
    if (value !== undefined) return value;
    unchecked.push(option);
    return 'any';
  };
  const oneOf = (values: readonly string[] | undefined, option: string): OneOf<string> => decided(values, option);
  const { nonce, allowDebug, allowDevelopmentRoot } = options;
  const common = {
    policyHash: oneOf(options.policyHash, '--policy-hash'),
    nonce: decided(nonce === undefined ? undefined : { equals: nonce }, '--nonce'),
    runtimeData: decided(await runtimeData(options), '--runtime-data, --runtime-json or --runtime-key'),
    debuggable: allowDebug === true ? ('any' as const) : (false as const),
    developmentRoot: allowDevelopmentRoot === true ? ('any' as const) : (false as const),
    claims: claimsOf(options.claim ?? [], '--claim'),
  };
  const expectations = byType(options, common, decided);
  if (unchecked.length > 0 && options.acceptAny !== true) {
    misused(
      `say what is expected: ${unchecked.join(', ')}`,
      '--accept-any accepts any value of everything that is not named.',
    );
  }
  return { expectations, unchecked };
}

type Common = Pick<Expectations, 'policyHash' | 'nonce' | 'runtimeData' | 'debuggable' | 'developmentRoot' | 'claims'>;
type Decide = <Value>(value: Value | undefined, option: string) => Value | 'any';

function byType(options: ExpectationOptions, common: Common, decided: Decide): Expectations {
  const attestationType = decided(options.type, '--type');
  switch (attestationType) {
    case 'SgxEnclave':
      return {
        attestationType,
        ...common,
        mrSigner: decided(options.mrSigner, '--mr-signer'),
        mrEnclave: decided(options.mrEnclave, '--mr-enclave'),
        productId: decided(options.productId, '--product-id'),
        minimumSvn: decided(options.minimumSvn, '--minimum-svn'),
      };
    case 'SevSnpVm':
      return {
        attestationType,
        ...common,
        launchMeasurement: decided(options.launchMeasurement, '--launch-measurement'),
        minimumGuestSvn: decided(options.minimumGuestSvn, '--minimum-guest-svn'),
      };
    case 'TdxVm':
      return { attestationType, ...common, mrTd: decided(options.mrTd, '--mr-td') };
    case 'AzureGuest': {
      const isolationClaims = claimsOf(options.isolationClaim ?? [], '--isolation-claim');
      return { attestationType, ...common, isolationClaims };
    }
    case 'Tpm':
    case 'VbsEnclave':
    case 'any':
      return { attestationType, ...common };
    default:
      return misused('--type is SgxEnclave, SevSnpVm, TdxVm, AzureGuest, Tpm, VbsEnclave or any');
  }
}

/** Options that mean something for one type alone. */
const optionsOfType: Readonly<Record<string, readonly (keyof ExpectationOptions)[]>> = {
  SgxEnclave: ['mrSigner', 'mrEnclave', 'productId', 'minimumSvn'],
  SevSnpVm: ['launchMeasurement', 'minimumGuestSvn'],
  TdxVm: ['mrTd'],
  AzureGuest: ['isolationClaim'],
};

/** The type that the options imply when none is named; refuses options of another type than the named one. */
export function withType(options: ExpectationOptions): ExpectationOptions {
  const implied = Object.entries(optionsOfType).filter(([, names]) =>
    names.some((name) => options[name] !== undefined),
  );
  const [type] = implied.map(([name]) => name);
  if (implied.length > 1 || (type !== undefined && options.type !== undefined && options.type !== type)) {
    misused(
      'the expectations are of different attestation types',
      'MRENCLAVE is of SgxEnclave, MRTD of TdxVm, and so on.',
    );
  }
  return type === undefined ? options : { ...options, type };
}

async function runtimeData(options: ExpectationOptions): Promise<RuntimeDataExpectation | undefined> {
  const { runtimeData: bytes, runtimeJson: json, runtimeKey: key } = options;
  const given = [bytes, json, key].filter((path) => path !== undefined);
  if (given.length > 1) misused('give one of --runtime-data, --runtime-json and --runtime-key');
  if (bytes !== undefined) return { bytes: await readBytes(bytes, 'the runtime data') };
  if (json !== undefined) {
    const value = parsed(await readText(json, 'the runtime data'), '--runtime-json');
    return isJsonObject(value) ? { json: value } : misused('--runtime-json needs a file with a JSON object');
  }
  if (key === undefined) return undefined;
  const jwk = parsed(await readText(key, 'the key'), '--runtime-key');
  return isJwk(jwk) ? { key: jwk } : misused('--runtime-key needs a file with a JSON Web Key');
}

function isJwk(value: ClaimValue): value is PublicJwk & { readonly [name: string]: ClaimValue } {
  return isJsonObject(value) && 'kty' in value;
}

/** `name=value`; a value that is not JSON is a text, one with a number that would have to be rounded is refused. */
function claimsOf(given: readonly string[], option: string): Record<string, ClaimValue> {
  const claims = given.map((text): [string, ClaimValue] => {
    const at = text.indexOf('=');
    if (at < 1) misused(`${option} ${text}: write name=value`);
    return [text.slice(0, at), jsonOrText(text.slice(at + 1), option)];
  });
  return Object.fromEntries(claims);
}

function jsonOrText(text: string, option: string): ClaimValue {
  const reading = readJson(text);
  if (reading.ok) return reading.value;
  return reading.fault.kind === 'syntax'
    ? text
    : misused(`the value of ${option} cannot be read: ${reading.fault.why}`);
}

function parsed(text: string, option: string): ClaimValue {
  const reading = readJson(text);
  return reading.ok ? reading.value : misused(`${option} needs a file with JSON: ${reading.fault.why}`);
}

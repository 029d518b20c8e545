/** What a test token is to say, and the checks of it. */
import { type AttestedData, type ClaimValue, ConfigurationError, checkOptions, isJsonObject } from '@atesto/core';

/** An SGX enclave; absent members are those of a production enclave with product id 1 and security version 1. */
export interface TestEnclave {
  /** Hash of the signer's key: hex, 64 characters. */
  readonly mrSigner?: string;
  /** Hash of the enclave's code: hex, 64 characters. */
  readonly mrEnclave?: string;
  /** ISVPRODID, 0 to 65535. */
  readonly productId?: number;
  /** ISVSVN, 0 to 65535. */
  readonly svn?: number;
  /** Whether it can be debugged. Default: false. */
  readonly debug?: boolean;
}

/** A TDX trust domain. */
export interface TestTrustDomain {
  /** MRTD: hex, 96 characters. */
  readonly mrTd?: string;
  /** Whether it can be debugged. Default: false. */
  readonly debug?: boolean;
}

/** An SEV-SNP guest. */
export interface TestGuest {
  /** MEASUREMENT: hex, 96 characters. */
  readonly launchMeasurement?: string;
  /** GUEST_SVN, 0 to 2^32-1. Default: 0. */
  readonly guestSvn?: number;
  /** Whether its policy allows debugging. Default: false. */
  readonly debug?: boolean;
}

/** A public key as JSON Web Key. */
export interface TestRuntimeKey {
  readonly kty?: string;
  readonly [member: string]: unknown;
}

/** One environment of three. */
export interface TestEnvironment {
  readonly sgx?: TestEnclave;
  readonly tdx?: TestTrustDomain;
  readonly sevsnp?: TestGuest;
}

/** A token: its environment, and what else it says. */
export interface TestTokenContents extends TestEnvironment {
  /** The data that the environment bound to its evidence. Default: none. */
  readonly runtimeData?: AttestedData;
  /** A public key that the environment bound to its evidence: short for runtime data with it in `keys`. */
  readonly runtimeKey?: TestRuntimeKey;
  /** Default: none. */
  readonly nonce?: string | number | bigint;
  /** `x-ms-policy-hash`: base64url, 43 characters. Default: that of Azure's default policy for virtual machines. */
  readonly policyHash?: string;
  /** When it was issued. Default: now, by the clock of the attestation. */
  readonly issuedAt?: Date;
  /** From issue to expiry, 1 to 31622400. Default: 28800. */
  readonly lifetimeSeconds?: number;
  /** Whether it says that a development root vouches for the evidence. Default: false. */
  readonly developmentRoot?: boolean;
  /** Claims as a policy issues them, or in place of the token's own; `undefined` leaves one out. */
  readonly claims?: Readonly<Record<string, ClaimValue | undefined>>;
}

/** Throws {@link ConfigurationError} when a member is unknown or malformed. */
export function checkContents(contents: TestTokenContents): void {
  const where = 'contents';
  checkOptions<TestTokenContents>(
    contents,
    {
      sgx: true,
      tdx: true,
      sevsnp: true,
      runtimeData: true,
      runtimeKey: true,
      nonce: true,
      policyHash: true,
      issuedAt: true,
      lifetimeSeconds: true,
      developmentRoot: true,
      claims: true,
    },
    where,
  );
  checkOneEnvironment(contents, where);
  const { runtimeData, runtimeKey, policyHash, issuedAt, lifetimeSeconds, claims } = contents;
  demand(runtimeData === undefined || runtimeKey === undefined, `${where}.runtimeKey`, 'no runtimeData beside it');
  demand(runtimeKey === undefined || typeof runtimeKey.kty === 'string', `${where}.runtimeKey`, 'a JSON Web Key');
  demand(policyHash === undefined || /^[\w-]{43}$/.test(policyHash), `${where}.policyHash`, '43 base64url characters');
  demand(issuedAt === undefined || !Number.isNaN(issuedAt.getTime()), `${where}.issuedAt`, 'a valid date');
  checkInteger(lifetimeSeconds, 1, 31_622_400, `${where}.lifetimeSeconds`);
  checkFlag(contents.developmentRoot, `${where}.developmentRoot`);
  demand(claims === undefined || isJsonObject(claims), `${where}.claims`, 'an object of claims');
}

/** Throws {@link ConfigurationError} when an environment is not one, or a member is unknown or malformed. */
export function checkEnvironment(environment: TestEnvironment, where: string): void {
  checkOptions<TestEnvironment>(environment, { sgx: true, tdx: true, sevsnp: true }, where);
  checkOneEnvironment(environment, where);
}

function checkOneEnvironment({ sgx, tdx, sevsnp }: TestEnvironment, where: string): void {
  if ([sgx, tdx, sevsnp].filter((environment) => environment !== undefined).length !== 1) {
    throw new ConfigurationError(where, 'one of sgx, tdx and sevsnp', 'option-missing');
  }
  if (sgx !== undefined) checkEnclave(sgx, `${where}.sgx`);
  if (tdx !== undefined) checkTrustDomain(tdx, `${where}.tdx`);
  if (sevsnp !== undefined) checkGuest(sevsnp, `${where}.sevsnp`);
}

function checkEnclave(enclave: TestEnclave, where: string): void {
  const names = { mrSigner: true, mrEnclave: true, productId: true, svn: true, debug: true } as const;
  checkOptions<TestEnclave>(enclave, names, where);
  checkHex(enclave.mrSigner, 64, `${where}.mrSigner`);
  checkHex(enclave.mrEnclave, 64, `${where}.mrEnclave`);
  checkInteger(enclave.productId, 0, 0xffff, `${where}.productId`);
  checkInteger(enclave.svn, 0, 0xffff, `${where}.svn`);
  checkFlag(enclave.debug, `${where}.debug`);
}

function checkTrustDomain(domain: TestTrustDomain, where: string): void {
  checkOptions<TestTrustDomain>(domain, { mrTd: true, debug: true }, where);
  checkHex(domain.mrTd, 96, `${where}.mrTd`);
  checkFlag(domain.debug, `${where}.debug`);
}

function checkGuest(guest: TestGuest, where: string): void {
  checkOptions<TestGuest>(guest, { launchMeasurement: true, guestSvn: true, debug: true }, where);
  checkHex(guest.launchMeasurement, 96, `${where}.launchMeasurement`);
  checkInteger(guest.guestSvn, 0, 0xffffffff, `${where}.guestSvn`);
  checkFlag(guest.debug, `${where}.debug`);
}

function checkHex(value: unknown, digits: number, option: string): void {
  const fits = typeof value === 'string' && value.length === digits && /^[0-9a-fA-F]+$/.test(value);
  demand(value === undefined || fits, option, `${digits} hex digits`);
}

function checkInteger(value: number | undefined, least: number, most: number, option: string): void {
  const fits = value === undefined || (Number.isInteger(value) && value >= least && value <= most);
  demand(fits, option, `a whole number from ${least} to ${most}`);
}

function checkFlag(value: unknown, option: string): void {
  demand(value === undefined || typeof value === 'boolean', option, 'true or false');
}

function demand(fits: boolean, option: string, expected: string): void {
  if (!fits) throw new ConfigurationError(option, expected);
}

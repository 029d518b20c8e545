/** Checks a genuine token against expectations: one rule per expectation. */
import { attestationTypeClaims } from '@atesto/core';
import type { RelyingPartyCode } from '../codes.ts';
import { refuse } from '../refusal.ts';
import { type Claims, type ClaimValue, claimOf, isObject, sameClaim } from '../token/claims.ts';
import { isDebuggable } from './debuggable.ts';
import type { Expectations, NonceExpectation, OneOf, RuntimeDataExpectation, SgxExpectations } from './expectations.ts';
import { hasRuntimeData } from './runtime-data.ts';

const developmentRootClaim = 'x-atesto-development-root';

/** Refuses at the first expectation that does not hold. */
export function checkExpectations(claims: Claims, expected: Expectations): void {
  checkDevelopmentRoot(claims, expected.developmentRoot ?? false);
  if (expected.attestationType !== 'any') {
    const claim = attestationTypeClaims[expected.attestationType];
    checkOneOf(claims, 'x-ms-attestation-type', claim, 'attestation-type-unexpected');
  }
  checkDebuggable(claims, expected.debuggable ?? false);
  checkOneOf(claims, 'x-ms-policy-hash', expected.policyHash, 'policy-hash-unexpected');
  checkNonce(claims, expected.nonce);
  checkRuntimeData(claims, expected.runtimeData);
  checkEnvironment(claims, expected);
  checkClaims(claims, expected.claims ?? {}, '');
}

/** @param path prefix of the names in refusals */
function checkClaims(claims: Claims, expected: Readonly<Record<string, ClaimValue>>, path: string): void {
  for (const [name, value] of Object.entries(expected)) {
    if (!sameClaim(claimOf(claims, name), value)) {
      refuse('claim-unexpected', path + name, `the claim ${path}${name} does not have the expected value`);
    }
  }
}

function checkEnvironment(claims: Claims, expected: Expectations): void {
  if (expected.attestationType === 'SgxEnclave') checkEnclave(claims, expected);
  if (expected.attestationType === 'SevSnpVm') {
    const { launchMeasurement, minimumGuestSvn } = expected;
    checkHex(claims, 'x-ms-sevsnpvm-launchmeasurement', launchMeasurement, 'launch-measurement-unexpected');
    checkMinimum(claims, 'x-ms-sevsnpvm-guestsvn', minimumGuestSvn, 'guest-svn-too-low');
  }
  if (expected.attestationType === 'TdxVm') checkHex(claims, 'tdx_mrtd', expected.mrTd, 'mr-td-unexpected');
  if (expected.attestationType === 'AzureGuest') {
    const isolation = claimOf(claims, 'x-ms-isolation-tee');
    checkClaims(isObject(isolation) ? isolation : {}, expected.isolationClaims ?? {}, 'x-ms-isolation-tee.');
  }
}

function checkEnclave(claims: Claims, expected: SgxExpectations): void {
  checkHex(claims, 'x-ms-sgx-mrsigner', expected.mrSigner, 'mr-signer-unexpected');
  checkHex(claims, 'x-ms-sgx-mrenclave', expected.mrEnclave, 'mr-enclave-unexpected');
  checkOneOf(claims, 'x-ms-sgx-product-id', expected.productId, 'product-id-unexpected');
  checkMinimum(claims, 'x-ms-sgx-svn', expected.minimumSvn, 'svn-too-low');
}

/** Checks presence only: no value of the claim turns a development root into a vendor's. */
function checkDevelopmentRoot(claims: Claims, accepted: false | 'any'): void {
  if (accepted !== 'any' && claimOf(claims, developmentRootClaim) !== undefined) {
    refuse('development-root', developmentRootClaim, 'a development root vouches for the evidence');
  }
}

function checkDebuggable(claims: Claims, accepted: false | 'any'): void {
  if (accepted === 'any') return;
  const debuggable = isDebuggable(claims);
  if (debuggable === undefined)
    refuse('debug-unknown', 'claims', 'the token does not say whether the environment can be debugged');
  if (debuggable) refuse('debug-enabled', 'claims', 'the environment can be debugged');
}

function checkNonce(claims: Claims, expected: NonceExpectation): void {
  if (expected !== 'any' && !sameClaim(claimOf(claims, 'nonce'), expected.equals)) {
    refuse('nonce-unexpected', 'nonce', 'the nonce is not the expected one');
  }
}

function checkRuntimeData(claims: Claims, expected: RuntimeDataExpectation): void {
  if (!hasRuntimeData(claims, expected)) {
    refuse('runtime-data-unexpected', 'x-ms-runtime', 'the runtime data is not the expected one');
  }
}

function checkOneOf(claims: Claims, name: string, expected: OneOf<string | number>, code: RelyingPartyCode): void {
  if (expected === 'any') return;
  const wanted = typeof expected === 'object' ? expected : [expected];
  const value = present(claims, name);
  if (!wanted.some((one) => one === value)) refuse(code, name, `the claim ${name} does not have the expected value`);
}

function checkHex(claims: Claims, name: string, expected: OneOf<string>, code: RelyingPartyCode): void {
  if (expected === 'any') return;
  const wanted = typeof expected === 'object' ? expected : [expected];
  const value = present(claims, name);
  if (typeof value !== 'string') refuse('claim-malformed', name, `the claim ${name} is not a string`);
  else if (!wanted.some((one) => one.toLowerCase() === value.toLowerCase())) {
    refuse(code, name, `the claim ${name} does not have the expected value`);
  }
}

function checkMinimum(claims: Claims, name: string, minimum: number | 'any', code: RelyingPartyCode): void {
  if (minimum === 'any') return;
  const value = present(claims, name);
  if (typeof value !== 'number') refuse('claim-malformed', name, `the claim ${name} is not a number`);
  else if (!(value >= minimum)) refuse(code, name, `the claim ${name} is ${value}, below ${minimum}`);
}

function present(claims: Claims, name: string): ClaimValue {
  return claimOf(claims, name) ?? refuse('claim-missing', name, `the token has no ${name}`);
}

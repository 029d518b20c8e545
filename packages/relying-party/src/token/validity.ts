/** Checks the times of a token (RFC 7519, section 4.1) and the claims that every attestation token carries. */
import type { TokenAttestationType } from '../attestation-type.ts';
import { attestationTypeOf } from '../attestation-type.ts';
import { refuse } from '../refusal.ts';
import { type Claims, claimOf } from './claims.ts';

/** The claims that every attestation token carries; a management reply of the same issuer lacks some of them. */
export interface AttestationFrame {
  /** The type by its name in the API; `'unknown'`: another value of `x-ms-attestation-type`, which `claims` has. */
  readonly attestationType: TokenAttestationType | 'unknown';
  readonly policyHash: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** Checks presence, types and times. `skewSeconds`: tolerated difference to the issuer's clock, in both directions. */
export function checkValidity(claims: Claims, now: Date, skewSeconds: number): AttestationFrame {
  const nowSeconds = now.getTime() / 1000;
  const expires = seconds(claims, 'exp');
  const notBefore = seconds(claims, 'nbf');
  const issued = seconds(claims, 'iat');
  if (!(nowSeconds < expires + skewSeconds)) {
    refuse('token-expired', 'exp', `the token expired at ${iso(expires)}`);
  }
  for (const [name, time] of [
    ['nbf', notBefore],
    ['iat', issued],
  ] as const) {
    if (!(time <= nowSeconds + skewSeconds)) {
      refuse('token-not-yet-valid', name, `the token is valid from ${iso(time)}`);
    }
  }
  return {
    attestationType: attestationTypeOf(text(claims, 'x-ms-attestation-type')),
    policyHash: text(claims, 'x-ms-policy-hash'),
    issuedAt: new Date(issued * 1000),
    expiresAt: new Date(expires * 1000),
  };
}

function seconds(claims: Claims, name: string): number {
  const value = claimOf(claims, name);
  if (value === undefined) return refuse('claim-missing', name, `the token has no ${name}`);
  if (typeof value !== 'number' || value < 0 || value > 253402300799) {
    return refuse('claim-malformed', name, `${name} must be a time in seconds since 1970`);
  }
  return value;
}

function text(claims: Claims, name: string): string {
  const value = claimOf(claims, name);
  if (value === undefined) return refuse('claim-missing', name, `the token has no ${name}`);
  return typeof value === 'string' ? value : refuse('claim-malformed', name, `${name} must be a string`);
}

function iso(secondsSinceEpoch: number): string {
  return new Date(secondsSinceEpoch * 1000).toISOString();
}

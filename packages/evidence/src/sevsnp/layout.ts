/**
 * Where the fields of an attestation report stand.
 * Source: AMD, SEV Secure Nested Paging Firmware ABI Specification (document 56860), table ATTESTATION_REPORT.
 */

/** The whole report, signature included. */
export const reportSize = 1184;
/** The signature covers the bytes before it. */
export const signedSize = 672;
/** r and s are 72 bytes each, little-endian; a P-384 value fills the first 48. */
export const signatureValueSize = 72;
export const curveValueSize = 48;

/** SIGNATURE_ALGO: ECDSA on P-384 with SHA-384, the only one defined. */
export const ecdsaP384Sha384 = 1;

/** Versions seen on real machines: 2 (Milan), 3 (CPUID fields added), 5 (mitigation vectors added). */
export const reportVersions: readonly number[] = [2, 3, 5];

/** Guests have VMPL 0 to 3; all ones stand for a report that the host requested. */
export const highestVmpl = 3;

/** POLICY: bits 0-15 are the ABI version; bit 17 must be one; bits above 25 are reserved. */
export const policyBits = {
  smt: 16n,
  reservedOne: 17n,
  migrationAgent: 18n,
  debug: 19n,
  singleSocket: 20n,
  cxl: 21n,
  aes256Xts: 22n,
  raplDisabled: 23n,
  ciphertextHiding: 24n,
  pageSwapDisabled: 25n,
} as const;
export const firstReservedPolicyBit = 26n;

/** KEY_INFO, the 32 bits at offset 72: SIGNING_KEY values that mean something. */
export const signingKeys = { 0: 'VCEK', 1: 'VLEK' } as const;
export type SigningKey = (typeof signingKeys)[keyof typeof signingKeys];

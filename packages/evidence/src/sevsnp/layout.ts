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
/** Bytes of a P-384 value. */
export const curveValueSize = 48;

/** SIGNATURE_ALGO: ECDSA on P-384 with SHA-384, the only one defined. */
export const ecdsaP384Sha384 = 1;

/**
 * Versions that firmware writes, and what each adds to the one before it. What a version does not define must be zero.
 *
 * | version | specification | fields |
 * | --- | --- | --- |
 * | 2 | the first revisions | the base: bytes 392-415 and 504-671 are reserved |
 * | 3 | later revisions | CPUID family, model and stepping: 392-394 |
 * | 4 | none that is public; written by firmware 1.55.31 of Milan and Genoa | the layout of version 3 |
 * | 5 | revision 1.58 | LAUNCH_MIT_VECTOR and CURRENT_MIT_VECTOR: 504-519 |
 *
 * Version 1 was never published, 6 and later are not defined.
 */
export const reportVersions: readonly number[] = [2, 3, 4, 5];

/** Guests have VMPL 0 to 3; all ones stand for a report that the host requested. */
export const highestVmpl = 3;

/**
 * Bits of the report's bit fields, by revision 1.58.
 *
 * | field | defined | refused | ignored |
 * | --- | --- | --- | --- |
 * | POLICY | 0-15 ABI version, 16-25 as below; 17 must be one | 26-63 | |
 * | KEY_INFO | 0 AUTHOR_KEY_EN, 1 MASK_CHIP_KEY, 2-4 SIGNING_KEY: 0, 1 (7: not signed, refused) | 5-31; 2 to 6 of SIGNING_KEY | |
 * | PLATFORM_INFO | 0 SMT, 1 TSME, 2 ECC, 3 RAPL off, 4 ciphertext hiding, 5 alias check, 7 TIO | | 6, 8-63: facts of the platform that permit nothing |
 */
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
/** This bit of the guest policy and all above it are reserved. */
export const firstReservedPolicyBit = 26n;

/** KEY_INFO, the 32 bits at offset 72: SIGNING_KEY values that mean something. */
export const signingKeys = { 0: 'VCEK', 1: 'VLEK' } as const;
/** The kind of key that signs reports. */
export type SigningKey = (typeof signingKeys)[keyof typeof signingKeys];

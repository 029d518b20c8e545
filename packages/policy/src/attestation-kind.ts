/** The attestation types that a policy can be set for, by their API names. */

/** Every attestation type that a policy can be set for. */
export const attestationKinds = [
  'SgxEnclave',
  'OpenEnclave',
  'SevSnpVm',
  'TdxVm',
  'AzureGuest',
  'Tpm',
  'VbsEnclave',
] as const;

/** An attestation type. */
export type AttestationKind = (typeof attestationKinds)[number];

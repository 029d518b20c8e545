/** The attestation types that a policy can be set for, by their API names. */

/** Every attestation type that a policy can be set for; the last four since version 2026-03-11-preview of the API. */
export const attestationKinds = [
  'SgxEnclave',
  'OpenEnclave',
  'SevSnpVm',
  'TdxVm',
  'AzureGuest',
  'Tpm',
  'VbsEnclave',
  'Pluton',
  'KeyGuard',
  'MdepTz',
  'AiHsm',
] as const;

/** An attestation type. */
export type AttestationKind = (typeof attestationKinds)[number];

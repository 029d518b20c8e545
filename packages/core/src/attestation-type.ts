/** The attestation types by their names in the API of Azure Attestation, the one vocabulary of every package. */

/** Every attestation type; the last four since version 2026-03-11-preview of the API, for policies alone. */
export const attestationTypes = [
  'SgxEnclave',
  'OpenEnclave',
  'TdxVm',
  'SevSnpVm',
  'AzureGuest',
  'Tpm',
  'VbsEnclave',
  'Pluton',
  'KeyGuard',
  'MdepTz',
  'AiHsm',
] as const;

/** An attestation type: what kind of evidence is sent, and which policy is evaluated. */
export type AttestationType = (typeof attestationTypes)[number];

/** Whether a value names an attestation type. */
export function isAttestationType(value: unknown): value is AttestationType {
  return attestationTypes.some((type) => type === value);
}

/** `x-ms-attestation-type` of tokens, by the types that tokens are issued for. Both kinds of SGX evidence lead to the same claim. */
export const attestationTypeClaims = {
  SgxEnclave: 'sgx',
  OpenEnclave: 'sgx',
  TdxVm: 'tdxvm',
  SevSnpVm: 'sevsnpvm',
  AzureGuest: 'azurevm',
  Tpm: 'tpm',
  VbsEnclave: 'vbs',
} as const satisfies Readonly<Partial<Record<AttestationType, string>>>;

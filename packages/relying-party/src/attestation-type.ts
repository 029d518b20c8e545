/** The attestation types of tokens, by the names of the API. Tokens for `OpenEnclave` evidence are of type `SgxEnclave`. */
import { attestationTypeClaims } from '@atesto/core';

/** What a token can be about. */
export type TokenAttestationType = Exclude<keyof typeof attestationTypeClaims, 'OpenEnclave'>;

/** Every type of token. */
export const tokenAttestationTypes: readonly TokenAttestationType[] = [
  'SgxEnclave',
  'TdxVm',
  'SevSnpVm',
  'AzureGuest',
  'Tpm',
  'VbsEnclave',
];

/** The type that a value of `x-ms-attestation-type` stands for. */
export function attestationTypeOf(claim: string): TokenAttestationType | 'unknown' {
  return tokenAttestationTypes.find((type) => attestationTypeClaims[type] === claim) ?? 'unknown';
}

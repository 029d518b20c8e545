/** Why a TPM quote is refused. */
export const tpmCodes = {
  'tpm-attest-magic': 'The structure was not made by a TPM: its magic is not TPM_GENERATED_VALUE.',
  'tpm-attest-type': 'The structure attests something other than a quote.',
  'tpm-hash-algorithm': 'A PCR bank or digest uses a hash algorithm that is not accepted.',
  'tpm-pcr-selection': 'The selection of PCRs is malformed, empty, or names a bank twice.',
  'tpm-pcr-value': 'A PCR value that the quote selects was not given, or has the wrong length.',
  'tpm-pcr-digest': 'The PCR values do not hash to the digest that the quote signs.',
  'tpm-signature': 'The signature of the quote does not verify under the attestation key.',
  'tpm-nonce': "The quote's extra data is not the expected nonce.",
  'tpm-key': 'The attestation key is not of a kind or size that is accepted.',
} as const;
export type TpmCode = keyof typeof tpmCodes;

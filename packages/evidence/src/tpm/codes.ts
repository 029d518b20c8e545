/** The refusal codes of TPM structures and event logs. */
export const tpmCodes = {
  'tpm-attest-magic': 'The structure was not made by a TPM: its magic is not TPM_GENERATED_VALUE.',
  'tpm-attest-type': 'The structure attests something else than is needed: a quote, or the certification of a key.',
  'tpm-attest-malformed': 'A field of the structure has a value that the specification does not know.',
  'tpm-hash-algorithm': 'A PCR bank, name or signature uses a hash algorithm that is not accepted.',
  'tpm-pcr-selection': 'The selection of PCRs is malformed, empty, or names a bank twice.',
  'tpm-pcr-value': 'A PCR value that the quote selects was not given, or has the wrong length.',
  'tpm-pcr-digest': 'The PCR values do not hash to the digest that the quote signs.',
  'tpm-signature': 'The signature does not verify under the attestation key.',
  'tpm-signature-scheme': 'The signature is of a scheme that is not accepted for the attestation key.',
  'tpm-nonce': "The quote's extra data is not the expected nonce.",
  'tpm-key': 'A key of the TPM is not of a kind or size that is accepted.',
  'tpm-public-area': 'The public area of a key is malformed, or of a kind that is not known.',
  'tpm-key-attributes': 'The attributes of a key do not tie it to its TPM and to its purpose.',
  'tpm-certified-name': 'The TPM certified another key than the one that was sent.',
  'tpm-event-log': 'The event log is not a well-formed crypto-agile log of the TCG.',
  'tpm-event-log-bank': 'The event log has no digests for the bank of the quote.',
  'tpm-event-log-replay': 'The event log does not replay to the quoted values of the PCRs of the firmware.',
} as const;
/** A code with which TPM structures and event logs are refused. */
export type TpmCode = keyof typeof tpmCodes;

/** The refusal codes of SGX evidence, beyond those that Intel quotes share. */
export const sgxCodes = {
  'sgx-runtime-data': "The runtime data is not the one that the quote's report data commits to.",
  'sgx-init-time-data': "The init-time data is not the one that the quote's configuration id commits to.",
} as const;
/** A code with which SGX evidence is refused. */
export type SgxCode = keyof typeof sgxCodes;

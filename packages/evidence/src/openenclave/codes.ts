/** The refusal codes of OpenEnclave containers. */
export const openEnclaveCodes = {
  'oe-report-type': 'The OpenEnclave report is not a remote SGX report.',
  'oe-size': 'The size that the OpenEnclave header states does not fit the evidence.',
  'oe-format': 'The OpenEnclave evidence is of a format or version that is not known.',
  'oe-claims-binding': "The quote's report data does not commit to the custom claims that follow the quote.",
} as const;
/** A code with which Open Enclave containers are refused. */
export type OpenEnclaveCode = keyof typeof openEnclaveCodes;

/** Why an Azure confidential VM's evidence is refused, beyond the refusals of its hardware report and its vTPM quote. */
export const azureCodes = {
  'hcl-magic': 'The report does not begin with HCLA.',
  'hcl-version': 'The report, or its runtime data, has a version that is not known.',
  'hcl-report-type': 'The runtime data names a hardware report other than SEV-SNP or TDX.',
  'hcl-hash-type': 'The runtime data names a hash other than SHA-256, SHA-384 or SHA-512.',
  'hcl-size': 'The sizes that the report states do not fit together.',
  'hcl-runtime-claims': 'The runtime claims are not a JSON object in UTF-8 with the members that Azure writes.',
  'hcl-attestation-key': 'The runtime claims hold no usable RSA key HCLAkPub.',
  'hcl-binding': "The hardware report's report data does not commit to the runtime claims.",
} as const;
export type AzureCode = keyof typeof azureCodes;

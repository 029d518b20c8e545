/** The refusal codes of Azure confidential VM evidence, beyond those of its hardware report and of its vTPM. */
export const azureCodes = {
  'hcl-magic': 'The report does not begin with HCLA.',
  'hcl-version': 'The report, or its runtime data, has a version that is not known.',
  'hcl-report-type': 'The runtime data names a hardware report other than SEV-SNP or TDX, or another than was given.',
  'hcl-hash-type': 'The runtime data names a hash other than SHA-256, SHA-384 or SHA-512.',
  'hcl-size': 'The sizes that the report states do not fit together.',
  'hcl-runtime-claims':
    'The runtime claims are not a JSON object in UTF-8 in which no name occurs twice and every number is exact.',
  'hcl-attestation-key': 'The runtime claims hold no usable RSA key HCLAkPub.',
  'hcl-binding': "The hardware report's report data does not commit to the runtime claims.",
  'hcl-vmpl':
    'The hardware report was not requested by the most privileged layer of the machine, which alone may speak for its vTPM.',
  'azure-guest-malformed': 'The attestation info is not the JSON document that guests of Azure send.',
  'azure-guest-protocol': 'The attestation info is of a protocol version other than 2.0.',
  'azure-guest-isolation': 'The guest is not isolated by SEV-SNP or TDX: nothing vouches for its vTPM.',
  'azure-guest-pcrs':
    'The PCRs that were sent are not the ones that the quote covers, or PCRs 0 to 7 are not among them.',
  'azure-guest-aik': 'The attestation key that was sent is not the HCLAkPub of the runtime claims.',
  'azure-guest-data': 'Runtime or init-time data were sent, and the evidence of an Azure guest commits to none.',
  'azure-guest-machine':
    'No reference value of the operator fits the machine: nothing tells its paravisor from any other guest, which could make up a vTPM.',
  'azure-guest-reply-key':
    'The key to which the reply would be sealed works in other states than the quoted one, so that a quote of the past could serve.',
} as const;
/** A code with which Azure confidential VMs are refused. */
export type AzureCode = keyof typeof azureCodes;

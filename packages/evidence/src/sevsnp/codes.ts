/** The refusal codes of SEV-SNP evidence. */
export const sevsnpCodes = {
  'snp-evidence-malformed': 'The evidence is neither a bare report nor the JSON document that guests send.',
  'snp-report-size': 'The report does not have the 1184 bytes that the firmware writes.',
  'snp-report-version': 'The report has a version that is not known.',
  'snp-signature-algorithm': 'The report names a signature algorithm other than ECDSA P-384 with SHA-384.',
  'snp-reserved-field': 'A field that must be zero (or one) in this report version is not.',
  'snp-signing-key': 'The report is not signed, or by a kind of key that is not known.',
  'snp-vmpl': 'The report was requested by the host, or at a privilege level (VMPL) that guests do not have.',
  'snp-signature-malformed': 'A signature value is zero, too large, or padded with bytes that are not zero.',
  'snp-signature': 'The signature of the report does not verify under the endorsement key.',
  'snp-product-unknown': 'The processor is of a product that is not known.',
  'snp-product-mismatch': 'The report, the endorsement key certificate and its chain name different products.',
  'snp-certificate-kind': 'The certificate is not of the kind of key (VCEK or VLEK) that signed the report.',
  'snp-certificate-issuer':
    'The certificate was issued by an authority of AMD that issues another kind of certificates.',
  'snp-certificate-extension': 'An AMD extension of the endorsement key certificate is missing or malformed.',
  'snp-certificate-key': 'The endorsement key is not on P-384.',
  'snp-certificate-tcb':
    "The endorsement key certificate was issued for another TCB version than the report's reported TCB.",
  'snp-certificate-chip': "The endorsement key certificate was issued for another chip than the report's.",
  'snp-chip-id-masked': 'The chip masks its id, so that a VCEK cannot be tied to it.',
  'snp-tcb-order': 'The TCB versions contradict each other: reported or committed above current.',
  'snp-baseline-tcb': "The reported or committed TCB is below the baseline's minimum for the product.",
  'snp-baseline-debug': 'The guest policy allows debugging, which the baseline forbids.',
  'snp-baseline-migration': 'The guest policy allows a migration agent, which the baseline forbids.',
  'snp-baseline-smt': 'The guest policy allows simultaneous multithreading, which the baseline forbids.',
  'snp-baseline-vmpl': 'The report was requested at a privilege level (VMPL) above the one that the baseline allows.',
  'snp-baseline-revocation': 'The certificates were not checked against a revocation list, which the baseline demands.',
  'snp-baseline-product': 'The baseline has no minimum TCB for the product and does not accept products without one.',
  'snp-runtime-data': "The runtime data is not the one that the report's report data commits to.",
  'snp-init-time-data': "The init-time data is not the one that the report's host data commits to.",
  'uvm-malformed': 'A utility VM endorsement is not a COSE_Sign1 with the members that are needed.',
  'uvm-algorithm': 'A utility VM endorsement is signed with an algorithm that is not accepted.',
  'uvm-signature': 'A utility VM endorsement was not signed by its certificate.',
  'uvm-signing-time':
    'A utility VM endorsement was signed after the appraisal, or does not say when although that is needed.',
  'uvm-untrusted': 'A utility VM endorsement is by an issuer, or for a feed, that is not trusted.',
  'uvm-svn': 'A utility VM endorsement is for a security version below the minimum.',
  'uvm-measurement': "A utility VM endorsement is for another launch measurement than the report's.",
} as const;
/** A code with which SEV-SNP reports and endorsements are refused. */
export type SevSnpCode = keyof typeof sevsnpCodes;

/** Looks into SEV-SNP evidence: the bare report, or the JSON document of Azure Attestation. */
import { type ParsedSnpEvidence, parseSnpEvidence } from '@atesto/evidence/advanced';
import { certificateFacts } from './certificates.ts';
import { type Facts, type Inspector, plainFacts } from './inspection.ts';
import { hasMembers } from './json.ts';

const reportBytes = 1184;
const reportVersions = [1, 2, 3, 4, 5];

/** No quote is as short; the version is 32 bits, little-endian. */
function isReport(bytes: Uint8Array): boolean {
  return bytes.length === reportBytes && reportVersions.includes(Buffer.from(bytes).readUInt32LE(0));
}

/** The facts of a report, with the certificates and endorsements that came with it. */
export function snpFacts({ report, certificates, uvmEndorsements }: ParsedSnpEvidence): Facts {
  const { policyBytes, ...fields } = report;
  return {
    ...plainFacts({ ...fields, policy: { value: policyBytes, ...report.policy } }),
    ...(certificates === undefined ? {} : { certificates: certificateFacts(certificates) }),
    ...(uvmEndorsements.length === 0 ? {} : { uvmEndorsements: uvmEndorsements.length }),
  };
}

/** SEV-SNP evidence. */
export const snpReport: Inspector = {
  recognises: (bytes) => isReport(bytes) || hasMembers(bytes, 'SnpReport'),
  inspect: (bytes) => {
    const found = isReport(bytes)
      ? { kind: 'snp-report', title: 'SEV-SNP attestation report' }
      : { kind: 'snp-document', title: 'SEV-SNP attestation report in a document of Azure Attestation' };
    const parsed = parseSnpEvidence(bytes);
    if (!parsed.ok) return { ok: false, ...found, refusal: parsed.refusal };
    return { ok: true, ...found, facts: snpFacts(parsed.value) };
  },
};

/** Looks into evidence of Azure's confidential VMs: the report of the host compatibility layer, and the document for AzureGuest. */
import {
  type GuestProof,
  type HclReport,
  parseAzureGuest,
  parseHclReport,
  parseSnpEvidence,
} from '@atesto/evidence/advanced';
import { isTdReport, tdReportFacts } from './hardware-report.ts';
import { type Facts, type Inspector, plain, plainFacts } from './inspection.ts';
import { tdxFacts } from './intel.ts';
import { hasMembers, membersOf } from './json.ts';
import { snpFacts } from './snp.ts';

const hclMagic = Buffer.from('HCLA');

/** Field by field, where it is what the type says. */
function hardwareFacts({ reportType, hardwareReport }: HclReport): Facts {
  if (reportType === 'TDX' && isTdReport(hardwareReport)) return tdReportFacts(hardwareReport);
  const parsed = reportType === 'SEV-SNP' ? parseSnpEvidence(hardwareReport) : undefined;
  return parsed?.ok === true ? snpFacts(parsed.value) : { bytes: plain(hardwareReport) };
}

/** JSON of the machine, which the hardware report commits to. */
function claimsIn(bytes: Uint8Array): Facts {
  const members = membersOf(bytes);
  return members === undefined ? { bytes: plain(bytes) } : plainFacts(Object.fromEntries(members));
}

/** A report of the host compatibility layer (HCL). */
export const hclReport: Inspector = {
  recognises: (bytes) => hclMagic.equals(bytes.subarray(0, 4)),
  inspect: (bytes) => {
    const found = { kind: 'hcl-report', title: 'Report of Azure’s host compatibility layer' };
    const parsed = parseHclReport(bytes);
    if (!parsed.ok) return { ok: false, ...found, refusal: parsed.refusal };
    const { reportType, runtimeData } = parsed.value;
    const facts = {
      reportType,
      runtimeDataHash: runtimeData.hash,
      runtimeClaims: claimsIn(runtimeData.claims),
      hardwareReport: hardwareFacts(parsed.value),
    };
    return { ok: true, ...found, facts };
  },
};

function proofFacts({ type, evidence }: GuestProof): Facts {
  return { type, ...('quote' in evidence ? tdxFacts(evidence) : snpFacts(evidence)) };
}

/** The attestation document of an Azure guest. */
export const azureGuest: Inspector = {
  recognises: (bytes) => hasMembers(bytes, 'AttestationProtocolVersion'),
  inspect: (bytes) => {
    const found = { kind: 'azure-guest', title: 'Evidence of an Azure guest' };
    const parsed = parseAzureGuest(bytes);
    if (!parsed.ok) return { ok: false, ...found, refusal: parsed.refusal };
    const { runtimeClaims, eventLog, proof, ...rest } = parsed.value;
    const facts = {
      ...plainFacts(rest),
      eventLogBytes: eventLog.length,
      proof: proofFacts(proof),
      runtimeClaims: claimsIn(runtimeClaims),
    };
    return { ok: true, ...found, facts };
  },
};

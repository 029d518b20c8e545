/** Appraises an SEV-SNP report by endorsements as a source gave them. */
import type { Outcome } from '@atesto/core';
import {
  appraiseSnp,
  parseSnpReport,
  type SnpAppraisal,
  type SnpEndorsements,
  type TrustAnchor,
  verifySnpEndorsements,
} from '@atesto/evidence/advanced';

/** @param trustAnchors default: AMD's */
export function appraiseReport(
  bytes: Uint8Array,
  endorsements: SnpEndorsements,
  at: Date,
  trustAnchors?: readonly TrustAnchor[],
): Outcome<SnpAppraisal> {
  const report = parseSnpReport(bytes);
  if (!report.ok) return report;
  const verified = verifySnpEndorsements(endorsements, trustAnchors === undefined ? {} : { trustAnchors });
  return verified.ok ? appraiseSnp(report.value, verified.value, { at }) : verified;
}

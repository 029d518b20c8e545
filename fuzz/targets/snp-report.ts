/** SEV-SNP reports of every version and kind of key, as the firmware writes them. */
import { appraiseSnp, parseSnpReport, sevSnpClaims } from '@atesto/evidence/advanced';
import { outcomeOf } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { amdOptions, milan, verifiedEndorsements } from '../platforms/amd.ts';

const endorsements = { VCEK: await verifiedEndorsements('VCEK'), VLEK: await verifiedEndorsements('VLEK') };

export const target: FuzzTarget = {
  isOfFixedSize: true,
  seeds: [
    ...[2, 3, 4, 5].map((version) => milan.report({ fields: { version } })),
    milan.report({ signingKey: 'VLEK' }),
    milan.report({ fields: { debug: true, reportData: Buffer.alloc(64, 7) } }),
  ],
  run: (input) => {
    const parsed = parseSnpReport(input);
    if (!parsed.ok) return outcomeOf(parsed, () => []);
    const { report, signedBytes } = parsed.value;
    const outcome = appraiseSnp(parsed.value, endorsements[report.signingKey], amdOptions);
    return outcomeOf(outcome, (appraisal) => [signedBytes, JSON.stringify(sevSnpClaims(appraisal))]);
  },
};

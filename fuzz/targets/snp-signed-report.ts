/** SEV-SNP reports that their firmware signs whatever is in them: what is checked after the signature. */
import {
  appraiseSnp,
  checkSnpBaseline,
  defaultSnpBaseline,
  parseSnpReport,
  sevSnpClaims,
} from '@atesto/evidence/advanced';
import { outcomeOf } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { amdOptions, milan, verifiedEndorsements } from '../platforms/amd.ts';

const endorsements = await verifiedEndorsements('VCEK');
const signedBytes = 672;

export const target: FuzzTarget = {
  isOfFixedSize: true,
  seeds: [2, 3, 4, 5].map((version) => milan.report({ fields: { version } }).subarray(0, signedBytes)),
  run: (input) => {
    const mutateSigned = () => Buffer.concat([input], signedBytes);
    const parsed = parseSnpReport(milan.report({ mutateSigned }));
    if (!parsed.ok) return outcomeOf(parsed, () => []);
    const outcome = appraiseSnp(parsed.value, endorsements, amdOptions);
    if (!outcome.ok) return outcomeOf(outcome, () => []);
    sevSnpClaims(outcome.value);
    const met = checkSnpBaseline(outcome.value, { ...defaultSnpBaseline, debug: 'forbid', maximumVmpl: 0 });
    return met.ok ? { code: 'accepted' } : { code: met.refusal.code, where: met.refusal.where };
  },
};

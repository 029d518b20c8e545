/** Revocation lists of AMD: DER of a list that a root signs. */
import { appraiseSnp, parseSnpReport } from '@atesto/evidence/advanced';
import { outcomeOf } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { amdOptions, milan, verifyEndorsements } from '../platforms/amd.ts';

const report = parseSnpReport(milan.report());
if (!report.ok) throw new Error(`the simulated report is refused: ${report.refusal.code}`);
const endorsements = await milan.endorsements();
const list = Uint8Array.from(await milan.revocationList());

export const target: FuzzTarget = {
  seeds: [list],
  run: (revocationList) => {
    const verified = verifyEndorsements({ ...endorsements, revocationList });
    if (!verified.ok) return outcomeOf(verified, () => []);
    return outcomeOf(appraiseSnp(report.value, verified.value, amdOptions), () => [revocationList]);
  },
};

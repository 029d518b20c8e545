/** TDX quotes of versions 4 and 5, layouts 1.0 and 1.5. */
import { appraiseTdx, parseTdxEvidence, tdxClaims } from '@atesto/evidence/advanced';
import { outcomeOf } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { intel, intelOptions, verifiedCollateral } from '../platforms/intel.ts';

const collateral = await verifiedCollateral('tdx');

export const target: FuzzTarget = {
  seeds: [
    intel.tdxQuote({ version: 4 }),
    intel.tdxQuote({ version: 5, layout: '1.0' }),
    intel.tdxQuote({ version: 5, layout: '1.5' }),
    intel.tdxQuote({ body: { tdAttributes: '1000001000000000' } }),
  ],
  run: (input) => {
    const parsed = parseTdxEvidence(input);
    if (!parsed.ok) return outcomeOf(parsed, () => []);
    const outcome = appraiseTdx(parsed.value, collateral, intelOptions);
    return outcomeOf(outcome, (appraisal) => [
      parsed.value.quote.signedBytes,
      JSON.stringify(tdxClaims(appraisal)),
      JSON.stringify([appraisal.tcbStatus, appraisal.advisoryIds, appraisal.pck.fmspc, appraisal.qeIsvSvn]),
    ]);
  },
};

/** Files of Intel's collateral: JSON of signed bodies, chains and revocation lists. */
import { appraiseTdx, parseIntelCollateral, parseTdxEvidence, verifyIntelCollateral } from '@atesto/evidence/advanced';
import { collateralToJson } from '@atesto/testing/sgx';
import { outcomeOf } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { intel, intelOptions, trustAnchors } from '../platforms/intel.ts';

const quote = parseTdxEvidence(intel.tdxQuote());
if (!quote.ok) throw new Error(`the simulated quote is refused: ${quote.refusal.code}`);
const file = (overrides: object): Buffer => Buffer.from(JSON.stringify(overrides));

export const target: FuzzTarget = {
  seeds: [file(collateralToJson(await intel.collateral({ tee: 'tdx' })))],
  run: (input) => {
    const bundle = parseIntelCollateral(input);
    if (!bundle.ok) return outcomeOf(bundle, () => []);
    const { tcbInfo, qeIdentity } = bundle.value;
    const verified = verifyIntelCollateral(bundle.value, { trustAnchors });
    if (!verified.ok) return outcomeOf(verified, () => []);
    return outcomeOf(appraiseTdx(quote.value, verified.value, intelOptions), ({ tcbStatus, advisoryIds }) => [
      tcbInfo,
      qeIdentity,
      JSON.stringify([tcbStatus, advisoryIds]),
    ]);
  },
};

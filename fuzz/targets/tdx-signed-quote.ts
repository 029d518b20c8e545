/** Bodies of trust domains that their quoting enclave signs whatever is in them: what is checked after the signature. */
import {
  appraiseTdx,
  checkTcbBaseline,
  defaultTcbBaseline,
  parseTdxEvidence,
  tdxClaims,
} from '@atesto/evidence/advanced';
import { outcomeOf } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { intel, intelOptions, verifiedCollateral } from '../platforms/intel.ts';

const collateral = await verifiedCollateral('tdx');
const headerBytes = 48;
const bodyBytes = 584;

export const target: FuzzTarget = {
  isOfFixedSize: true,
  seeds: [intel.tdxQuote({ version: 4 }).subarray(headerBytes, headerBytes + bodyBytes)],
  run: (input) => {
    const mutateSigned = (signed: Buffer) =>
      Buffer.concat([signed.subarray(0, headerBytes), Buffer.concat([input], bodyBytes)]);
    const parsed = parseTdxEvidence(intel.tdxQuote({ version: 4, mutateSigned }));
    if (!parsed.ok) return outcomeOf(parsed, () => []);
    const outcome = appraiseTdx(parsed.value, collateral, intelOptions);
    if (!outcome.ok) return outcomeOf(outcome, () => []);
    tdxClaims(outcome.value);
    const met = checkTcbBaseline(outcome.value, { ...defaultTcbBaseline, debug: 'forbid' }, intelOptions.at);
    return met.ok ? { code: 'accepted' } : { code: met.refusal.code, where: met.refusal.where };
  },
};

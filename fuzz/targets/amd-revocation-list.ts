/** Revocation lists of AMD: DER of a list that a root signs. */
import { appraiseSnp } from '@atesto/evidence';
import { outcomeOf } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { amdOptions, milan } from '../platforms/amd.ts';

const report = milan.report();
const endorsements = await milan.endorsements();
const list = Uint8Array.from(await milan.revocationList());

export const target: FuzzTarget = {
  seeds: [list],
  run: (revocationList) =>
    outcomeOf(appraiseSnp(report, { ...endorsements, revocationList }, amdOptions), () => [revocationList]),
};

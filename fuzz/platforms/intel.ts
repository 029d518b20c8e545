/** A simulated machine with SGX and TDX, and what vouches for it. */
import { prepareIntelCollateral, VerificationMemo } from '@atesto/evidence';
import { createSimulatedPlatform } from '@atesto/simulator';
import { anchorOf, at } from './roots.ts';

export const intel = await createSimulatedPlatform({ at });

/** What an appraisal on it is given beside the evidence. */
export const intelOptions = { at, trustAnchors: [anchorOf(intel)], memo: new VerificationMemo(64) };

/** Its collateral, verified once. */
export async function preparedCollateral(tee: 'sgx' | 'tdx') {
  const prepared = prepareIntelCollateral(await intel.collateral({ tee }), { trustAnchors: intelOptions.trustAnchors });
  if (!prepared.ok) throw new Error(`simulated collateral is refused: ${prepared.refusal.code}`);
  return prepared.value;
}

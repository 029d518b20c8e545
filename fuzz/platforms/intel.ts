/** A simulated machine with SGX and TDX, and what vouches for it. */
import { VerificationCache, verifyIntelCollateral } from '@atesto/evidence';
import { createSimulatedPlatform } from '@atesto/simulator';
import { anchorOf, at } from './roots.ts';

export const intel = await createSimulatedPlatform({ at });

/** What an appraisal on it is given beside the evidence. */
export const intelOptions = { at, trustAnchors: [anchorOf(intel)], cache: new VerificationCache(64) };

/** Its collateral, verified once. */
export async function verifiedCollateral(tee: 'sgx' | 'tdx') {
  const verified = verifyIntelCollateral(await intel.collateral({ tee }), { trustAnchors: intelOptions.trustAnchors });
  if (!verified.ok) throw new Error(`simulated collateral is refused: ${verified.refusal.code}`);
  return verified.value;
}

/** A simulated machine with SGX and TDX, and what vouches for it. */
import { VerificationCache, verifyIntelCollateral } from '@atesto/evidence/advanced';
import { createSimulatedPlatform } from '@atesto/testing/sgx';
import { anchorOf, at } from './roots.ts';

export const intel = await createSimulatedPlatform({ at });

/** Its root. */
export const trustAnchors = [anchorOf(intel)];

/** Options of appraisals on it. */
export const intelOptions = { at, cache: new VerificationCache(64) };

/** Its collateral, verified once. */
export async function verifiedCollateral(tee: 'sgx' | 'tdx') {
  const verified = verifyIntelCollateral(await intel.collateral({ tee }), { trustAnchors });
  if (!verified.ok) throw new Error(`simulated collateral is refused: ${verified.refusal.code}`);
  return verified.value;
}

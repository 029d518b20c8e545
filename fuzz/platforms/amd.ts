/** A simulated SEV-SNP machine. */
import { type SnpEndorsements, verifySnpEndorsements } from '@atesto/evidence/advanced';
import { createSimulatedSnpPlatform, generateAmdKeys } from '@atesto/testing/sevsnp';
import { anchorOf, at } from './roots.ts';

export const milan = await createSimulatedSnpPlatform({ at, keys: await generateAmdKeys(2048) });

/** Options of appraisals on it. */
export const amdOptions = { at };

/** Verifies endorsements under its root. */
export const verifyEndorsements = (endorsements: SnpEndorsements) =>
  verifySnpEndorsements(endorsements, { trustAnchors: [anchorOf(milan)] });

/** Its endorsements, verified. */
export async function verifiedEndorsements(signingKey: 'VCEK' | 'VLEK') {
  const verified = verifyEndorsements(await milan.endorsements(signingKey));
  if (!verified.ok) throw new Error(`simulated endorsements are refused: ${verified.refusal.code}`);
  return verified.value;
}

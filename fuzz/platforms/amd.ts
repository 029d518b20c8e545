/** A simulated SEV-SNP machine. */
import { createSimulatedSnpPlatform, generateAmdKeys } from '@atesto/simulator';
import { anchorOf, at } from './roots.ts';

export const milan = await createSimulatedSnpPlatform({ at, keys: await generateAmdKeys(2048) });

/** What an appraisal of it is given beside the evidence. */
export const amdOptions = { at, trustAnchors: [anchorOf(milan)] };

/** Selects the source of the evidence; exactly one must be named. */
import {
  type EvidenceSource,
  evidenceFromConfigfsTsm,
  evidenceFromFile,
  evidenceFromGramine,
  evidenceFromPlatform,
} from '@atesto/client';
import { misused } from '../failure.ts';
import { evidenceFromEmulator } from './emulator.ts';

/** The options that name a source. */
export interface EvidenceOptions {
  readonly evidence?: string;
  readonly gramine?: string | true;
  readonly tsm?: string | true;
  readonly simulator?: string;
}

/** The source that the options name. */
export async function openEvidence({ evidence, gramine, tsm, simulator }: EvidenceOptions): Promise<EvidenceSource> {
  const given = [evidence, gramine, tsm, simulator].filter((option) => option !== undefined);
  if (given.length !== 1) {
    misused('name one source of evidence: --evidence FILE, --gramine, --tsm or --simulator DIRECTORY or URI');
  }
  if (evidence !== undefined) return evidenceFromFile(evidence);
  if (gramine !== undefined) return evidenceFromGramine(gramine === true ? undefined : gramine);
  if (tsm !== undefined) return evidenceFromConfigfsTsm(tsm === true ? {} : { directory: tsm });
  if (/^https?:/.test(simulator ?? '')) return evidenceFromEmulator(simulator ?? '');
  const { openPlatforms } = await import('../emulator/load.ts');
  return evidenceFromPlatform((await openPlatforms(simulator ?? '')).intel);
}

/** Selects the source of the evidence; exactly one must be named. */
import { type EvidenceSource, evidenceFromConfigfsTsm, evidenceFromGramine, evidenceOf } from '@atesto/client';
import { misused } from '../failure.ts';
import { readEvidence, takenAs, technologyOf } from '../input/evidence.ts';
import type { Session } from '../session.ts';
import { evidenceFromEmulator } from './emulator.ts';

/** The options that name a source. */
export interface EvidenceOptions {
  readonly evidence?: string;
  readonly gramine?: string | true;
  readonly tsm?: string | true;
  readonly simulator?: string;
}

/** The source that the options name. */
export async function openEvidence(
  { evidence, gramine, tsm, simulator }: EvidenceOptions,
  session: Session,
): Promise<EvidenceSource> {
  const given = [evidence, gramine, tsm, simulator].filter((option) => option !== undefined);
  if (given.length !== 1) {
    misused('name one source of evidence: --evidence FILE, --gramine, --tsm or --simulator DIRECTORY or URI');
  }
  if (evidence !== undefined) return evidenceOfFile(evidence, session);
  if (gramine !== undefined) return evidenceFromGramine(gramine === true ? undefined : gramine);
  if (tsm !== undefined) return evidenceFromConfigfsTsm(tsm === true ? {} : { directory: tsm });
  if (/^https?:/.test(simulator ?? '')) return evidenceFromEmulator(simulator ?? '');
  const { loadEmulator, openPlatforms } = await import('../emulator/load.ts');
  const { evidenceFromPlatform } = await loadEmulator('--simulator');
  return evidenceFromPlatform((await openPlatforms(simulator ?? '')).intel);
}

/** Evidence that was made before. What is of another kind is not sent; what nobody knows is for the service to judge. */
async function evidenceOfFile(path: string, session: Session): Promise<EvidenceSource> {
  const file = await readEvidence(path, 'the evidence');
  const { kind, title, bytes } = file;
  if (kind !== undefined && (technologyOf[kind] === undefined || kind === 'hcl-report')) {
    misused(
      `the evidence ${path} holds: ${title}`,
      'Give a quote of SGX or TDX, evidence of the Open Enclave SDK, or an SEV-SNP report or document.',
    );
  }
  const taken = takenAs(file);
  if (taken !== undefined && !session.isJson) session.err(`the evidence was taken for: ${taken}\n`);
  return { collect: async () => evidenceOf(bytes, path) };
}

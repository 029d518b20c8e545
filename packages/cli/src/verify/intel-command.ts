/** What `atesto verify sgx` and `atesto verify tdx` share: Intel's collateral, the appraisal, the report. */
import type { Command } from 'commander';
import { readCollateral } from '../input/collateral.ts';
import { readEvidence } from '../input/evidence.ts';
import type { Session } from '../session.ts';
import { printVerdict, readOptional, type VerifyOptions, verifyCommand } from './command.ts';
import type { IntelTechnology } from './intel-verdict.ts';

/** Options of both. */
export interface IntelOptions extends VerifyOptions {
  readonly collateral: string;
  readonly allowExpiredCollateral?: true;
}

const binding = 'the report data';

/** A command with the options of both. */
export function intelCommand(name: string, description: string): Command {
  return verifyCommand(name, description, 'the evidence: raw, in hex or base64, or a JSON envelope', binding)
    .requiredOption('--collateral <file>', "Intel's verification collateral, JSON")
    .option('--allow-expired-collateral', 'go on with collateral past its next update, and report it');
}

/** Reads the files, appraises and prints. @param load the technology, loaded only when the command runs */
export async function verifyIntel<Evidence extends { readonly body: Body }, Body, BodyFacts>(
  name: 'sgx' | 'tdx',
  file: string,
  options: IntelOptions,
  session: Session,
  load: () => Promise<IntelTechnology<Evidence, Body, BodyFacts>>,
): Promise<void> {
  const evidence = await readEvidence(file, 'the evidence');
  const collateral = await readCollateral(options.collateral);
  const runtimeData = await readOptional(options.runtimeData, 'the runtime data');
  const technology = await load();
  const { intelVerdict, platformRows } = await import('./intel-verdict.ts');
  const verdict = intelVerdict(technology, {
    evidence: evidence.bytes,
    collateral,
    at: options.at,
    runtimeData,
    allowExpiredCollateral: options.allowExpiredCollateral === true,
    developmentRoots: options.developmentRoot ?? [],
  });
  const body = verdict.evidence === null ? [] : technology.bodyRows(verdict.evidence);
  printVerdict(verdict, { evidence, technology: name }, [...platformRows(verdict), ...body], options, binding, session);
}

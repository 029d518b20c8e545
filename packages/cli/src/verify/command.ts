/** What the commands `atesto verify …` share: options, files and output. */
import { Command } from 'commander';
import { betterCommand, type EvidenceFile, takenAs } from '../input/evidence.ts';
import { readBytes } from '../input/file.ts';
import { collected, readHex, readTime } from '../input/options.ts';
import { exitCodes, type Session } from '../session.ts';
import type { Row } from '../style.ts';
import { renderReport } from './render-report.ts';
import type { Verdict } from './verdict.ts';

/** Options of every technology. */
export interface BaseOptions {
  readonly at: Date;
  readonly developmentRoot?: readonly string[];
  readonly json?: true;
}

/** Options of technologies that commit to the hash of runtime data. */
export interface VerifyOptions extends BaseOptions {
  readonly runtimeData?: string;
}

const ending = `
A debug machine and an outdated platform are genuine evidence: whether they are good enough
is decided by the baseline and the policy of a service. Ends with 0: valid, 1: refused, 2: wrong usage.`;

/** A command with the shared argument and options; each technology adds its own. */
export function baseCommand(name: string, description: string, evidence: string): Command {
  return new Command(name)
    .description(description)
    .argument('<file>', evidence)
    .requiredOption('--at <time>', 'when the verdict is to hold (RFC 3339, a date, or now)', readTime)
    .option(
      '--development-root <hex>',
      'also trust a root by the SHA-256 of its public key (repeatable)',
      collected(readHex(32)),
    )
    .option('--json', 'print the report as JSON');
}

/** The same with runtime data. @param binding what carries their hash */
export function verifyCommand(name: string, description: string, evidence: string, binding: string): Command {
  const data = `data whose SHA-256 ${binding} must carry`;
  return baseCommand(name, description, evidence).option('--runtime-data <file>', data);
}

/** Adds examples and the shared end of the help text. */
export function withExamples(command: Command, examples: string): Command {
  return command.addHelpText('after', `\nExamples:\n${examples}\n${ending}`);
}

/** The bytes of a file that an option names; undefined when it names none. */
export async function readOptional(path: string | undefined, what: string): Promise<Buffer | undefined> {
  return path === undefined ? undefined : await readBytes(path, what);
}

/** What is said of the file beside the verdict. */
function aboutEvidence(evidence: EvidenceFile, technology: string, { verdict }: Verdict): Partial<Verdict> {
  const taken = takenAs(evidence);
  const hint = verdict === 'refused' ? betterCommand(evidence, technology) : undefined;
  return { ...(taken === undefined ? {} : { taken }), ...(hint === undefined ? {} : { hint }) };
}

/** The evidence of a verdict, and the command that gave it: the name of its technology. */
export interface Appraised {
  readonly evidence: EvidenceFile;
  readonly technology: string;
}

/** Prints a verdict as text or JSON, and sets the exit code. @param facts the rows of the text */
export function printReport(
  verdict: Verdict,
  { evidence, technology }: Appraised,
  facts: readonly Row[],
  notes: readonly string[],
  options: BaseOptions,
  session: Session,
): void {
  if (verdict.verdict === 'refused') session.exitCode = exitCodes.refused;
  const told = { ...verdict, ...aboutEvidence(evidence, technology, verdict) };
  if (options.json === true) {
    session.out(`${JSON.stringify(told)}\n`);
    return;
  }
  const { taken, hint } = told;
  const allNotes = taken === undefined ? notes : [`the file was taken for: ${taken}`, ...notes];
  session.out(renderReport(verdict, options.at, facts, allNotes, session.style.out));
  if (hint !== undefined) session.err(`${session.style.err.faint('hint:')} ${hint}\n`);
}

/** The same for a technology with runtime data. @param binding what carries their hash */
export function printVerdict(
  verdict: Verdict,
  appraised: Appraised,
  facts: readonly Row[],
  options: VerifyOptions,
  binding: string,
  session: Session,
): void {
  const unchecked = `what ${binding} commits to was not checked (no --runtime-data)`;
  const notes = [...(options.runtimeData === undefined ? [unchecked] : []), ...rootNotes(options)];
  printReport(verdict, appraised, facts, notes, options, session);
}

/** The note for trusted development roots. */
export function rootNotes({ developmentRoot = [] }: BaseOptions): string[] {
  return developmentRoot.length > 0 ? ['development roots were trusted: the evidence may be simulated'] : [];
}

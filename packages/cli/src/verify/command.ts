/** What the commands `atesto verify …` share: options, files, and how the verdict is told. */
import { Command } from 'commander';
import { readBytes } from '../input/file.ts';
import { collected, readHex, readTime } from '../input/options.ts';
import { exitCodes, type Session } from '../session.ts';
import type { Row } from '../style.ts';
import { account } from './account.ts';
import type { Verdict } from './verdict.ts';

/** Options of every technology. */
export interface VerifyOptions {
  readonly at: Date;
  readonly runtimeData?: string;
  readonly developmentRoot?: readonly string[];
  readonly json?: true;
}

const ending = `
A debug machine and an outdated platform are genuine evidence: whether they are good enough
is for the baseline and the policy of a service. Ends with 0: valid, 1: refused, 2: wrong call.`;

/** A command with the argument and options of all; the technology adds its own. @param binding what carries the hash of runtime data */
export function verifyCommand(name: string, description: string, evidence: string, binding: string): Command {
  return new Command(name)
    .description(description)
    .argument('<file>', evidence)
    .requiredOption('--at <time>', 'when the verdict is to hold (RFC 3339, a date, or now)', readTime)
    .option('--runtime-data <file>', `data whose SHA-256 ${binding} must carry`)
    .option(
      '--development-root <hex>',
      'also trust a root by the SHA-256 of its public key (repeatable)',
      collected(readHex(32)),
    )
    .option('--json', 'print the account as JSON');
}

/** Examples, then what the help of all commands ends with. */
export function withExamples(command: Command, examples: string): Command {
  return command.addHelpText('after', `\nExamples:\n${examples}\n${ending}`);
}

/** The bytes of a file that an option names; undefined when it names none. */
export async function readOptional(path: string | undefined, what: string): Promise<Buffer | undefined> {
  return path === undefined ? undefined : await readBytes(path, what);
}

/** Prints a verdict as was asked, and sets how the run ends. @param facts what people read of it */
export function tellVerdict(
  verdict: Verdict,
  facts: readonly Row[],
  options: VerifyOptions,
  binding: string,
  session: Session,
): void {
  if (verdict.verdict === 'refused') session.exitCode = exitCodes.refused;
  if (options.json === true) session.out(`${JSON.stringify(verdict)}\n`);
  else session.out(account(verdict, options.at, facts, notes(options, binding), session.style.out));
}

function notes({ runtimeData, developmentRoot = [] }: VerifyOptions, binding: string): string[] {
  return [
    ...(runtimeData === undefined ? [`what ${binding} commits to was not checked (no --runtime-data)`] : []),
    ...(developmentRoot.length > 0 ? ['development roots were trusted: the evidence may be simulated'] : []),
  ];
}

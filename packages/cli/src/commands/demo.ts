/** `atesto demo`: the five steps of remote attestation on this machine. */
import { Command, Option } from 'commander';
import { misused } from '../failure.ts';
import { collected, readTcbStatus, readTime, type TcbStatusText } from '../input/options.ts';
import type { Session } from '../session.ts';

interface Options {
  readonly quote?: string;
  readonly collateral?: string;
  readonly at?: Date;
  readonly runtimeData?: string;
  readonly allowExpiredCollateral?: true;
  readonly acceptTcbStatus?: readonly TcbStatusText[];
  readonly strict?: true;
}

const examples = `
Examples:
  $ atesto demo
  $ atesto demo --quote quote.bin --collateral collateral.json --at 2025-10-01T00:00:00Z

With real evidence, the clock of the service is set to the given time. What the service refuses by default
but an operator can permit (old collateral, an outdated platform) is shown as refused first, then permitted;
--strict stops there. Ends with 0 when the relying party is convinced, 1 when the evidence is refused.`;

/** The command. */
export function demoCommand(session: Session): Command {
  return new Command('demo')
    .description('Runs the five steps of remote attestation on this machine and explains each.')
    .option('--quote <file>', 'real evidence: an SGX quote or OpenEnclave evidence, as raw bytes')
    .option('--collateral <file>', "Intel's verification collateral for it, JSON")
    .option('--at <time>', 'the time at which to run it (RFC 3339, a date, or now)', readTime)
    .option('--runtime-data <file>', 'data whose SHA-256 its report data carries')
    .option('--allow-expired-collateral', 'permit collateral past its next update from the start')
    .addOption(
      new Option(
        '--accept-tcb-status <status>',
        'accept this TCB status as well from the start (repeatable)',
      ).argParser(collected(readTcbStatus)),
    )
    .option('--strict', 'stop at the first refusal')
    .addHelpText('after', examples)
    .action((options: Options) => demo(options, session));
}

async function demo(options: Options, session: Session): Promise<void> {
  const real = realEvidence(options);
  const { runDemo } = await import('../demo/run-demo.ts');
  await runDemo(
    {
      real,
      allowExpiredCollateral: options.allowExpiredCollateral === true,
      acceptTcbStatuses: options.acceptTcbStatus ?? [],
      strict: options.strict === true,
    },
    session,
  );
}

function realEvidence({ quote, collateral, at, runtimeData }: Options) {
  if (quote === undefined && collateral === undefined && at === undefined && runtimeData === undefined)
    return undefined;
  if (quote !== undefined && collateral !== undefined && at !== undefined)
    return { quote, collateral, at, runtimeData };
  return misused(
    'real evidence needs --quote, --collateral and --at together',
    'Without any of them the demonstration simulates an enclave.',
  );
}

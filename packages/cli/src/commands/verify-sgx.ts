/** `atesto verify sgx`: appraises SGX evidence offline. */
import { Command } from 'commander';
import { readBytes } from '../input/file.ts';
import { collected, readHex, readTime } from '../input/options.ts';
import { exitCodes, type Session } from '../session.ts';

interface Options {
  readonly collateral: string;
  readonly at: Date;
  readonly runtimeData?: string;
  readonly allowExpiredCollateral?: true;
  readonly developmentRoot?: readonly string[];
  readonly json?: true;
}

const examples = `
Examples:
  $ atesto verify sgx quote.bin --collateral collateral.json --at now
  $ atesto verify sgx report.bin --collateral collateral.json --at 2025-10-01T00:00:00Z \\
      --runtime-data key.der --allow-expired-collateral --json

A debug enclave and an outdated platform are genuine evidence: whether they are good enough
is for the baseline and the policy of a service. Ends with 0: valid, 1: refused, 2: wrong call.`;

/** The command. */
export function verifySgxCommand(session: Session): Command {
  return new Command('sgx')
    .description('Is an SGX quote, or a report or evidence of the Open Enclave SDK, genuine at a time?')
    .argument('<file>', 'the evidence, as raw bytes')
    .requiredOption('--collateral <file>', "Intel's verification collateral, JSON")
    .requiredOption('--at <time>', 'when the verdict is to hold (RFC 3339, a date, or now)', readTime)
    .option('--runtime-data <file>', 'data whose SHA-256 the report data must carry')
    .option('--allow-expired-collateral', 'go on with collateral past its next update, and report it')
    .option(
      '--development-root <hex>',
      'also trust a root by the SHA-256 of its public key (repeatable)',
      collected(readHex(32)),
    )
    .option('--json', 'print the account as JSON')
    .addHelpText('after', examples)
    .action((file: string, options: Options) => verifySgx(file, options, session));
}

async function verifySgx(file: string, options: Options, session: Session): Promise<void> {
  const evidence = await readBytes(file, 'the evidence');
  const collateral = await readBytes(options.collateral, 'the collateral');
  const runtimeData =
    options.runtimeData === undefined ? undefined : await readBytes(options.runtimeData, 'the runtime data');
  const { sgxVerdict } = await import('../verify/sgx-verdict.ts');
  const { sgxAccount } = await import('../verify/sgx-account.ts');
  const verdict = sgxVerdict({
    evidence,
    collateral,
    at: options.at,
    runtimeData,
    allowExpiredCollateral: options.allowExpiredCollateral === true,
    developmentRoots: options.developmentRoot ?? [],
  });
  if (verdict.verdict === 'refused') session.exitCode = exitCodes.refused;
  if (options.json === true) session.out(`${JSON.stringify(verdict)}\n`);
  else session.out(sgxAccount(verdict, options.at, notes(options), session.style.out));
}

function notes({ runtimeData, developmentRoot = [] }: Options): string[] {
  return [
    ...(runtimeData === undefined ? ['what the report data commits to was not checked (no --runtime-data)'] : []),
    ...(developmentRoot.length > 0 ? ['development roots were trusted: the evidence may be simulated'] : []),
  ];
}

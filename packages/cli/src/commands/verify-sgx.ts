/** `atesto verify sgx`: appraises SGX evidence offline. */
import type { Command } from 'commander';
import type { Session } from '../session.ts';
import { withExamples } from '../verify/command.ts';
import { type IntelOptions, intelCommand, verifyIntel } from '../verify/intel-command.ts';

const examples = `  $ atesto verify sgx quote.bin --collateral collateral.json --at now
  $ atesto verify sgx report.bin --collateral collateral.json --at 2025-10-01T00:00:00Z \\
      --runtime-data key.der --allow-expired-collateral --json`;

/** The command. */
export function verifySgxCommand(session: Session): Command {
  const command = intelCommand(
    'sgx',
    'Is an SGX quote, or a report or evidence of the Open Enclave SDK, genuine at a time?',
  );
  return withExamples(command, examples).action((file: string, options: IntelOptions) =>
    verifyIntel('sgx', file, options, session, async () => (await import('../verify/sgx.ts')).sgx),
  );
}

/** `atesto verify tdx`: appraises TDX evidence offline. */
import type { Command } from 'commander';
import type { Session } from '../session.ts';
import { withExamples } from '../verify/command.ts';
import { type IntelOptions, intelCommand, verifyIntel } from '../verify/intel-command.ts';

const examples = `  $ atesto verify tdx quote.bin --collateral collateral.json --at now
  $ atesto verify tdx quote.bin --collateral collateral.json --at 2026-03-20T00:00:00Z \\
      --runtime-data key.der --allow-expired-collateral --json`;

/** The command. */
export function verifyTdxCommand(session: Session): Command {
  const command = intelCommand('tdx', 'Is the quote of a TDX trust domain genuine at a time?');
  return withExamples(command, examples).action((file: string, options: IntelOptions) =>
    verifyIntel('tdx', file, options, session, async () => (await import('../verify/tdx.ts')).tdx),
  );
}

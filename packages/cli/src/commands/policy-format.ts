/** `atesto policy format`: the canonical text of a policy. */
import { Command } from 'commander';
import { exitCodes, type Session } from '../session.ts';

const examples = `
Examples:
  $ atesto policy format policy.txt > formatted.txt

The meaning stays; the hash is that of the text and changes with it.
Ends with 0: formatted, 2: the text has errors, or the call is wrong.`;

/** The command. */
export function policyFormatCommand(session: Session): Command {
  return new Command('format')
    .description('Prints a policy in its canonical layout, comments kept.')
    .argument('<file>', 'the policy, or - for standard input')
    .addHelpText('after', examples)
    .action((file: string) => formatFile(file, session));
}

async function formatFile(file: string, session: Session): Promise<void> {
  const { formatPolicy } = await import('@atesto/policy');
  const { readPolicy } = await import('../policy/input.ts');
  const text = await readPolicy(file, session);
  const formatted = formatPolicy(text);
  if (formatted.ok) {
    session.out(formatted.value);
    return;
  }
  const { renderDiagnostics } = await import('../policy/render-diagnostics.ts');
  session.err(renderDiagnostics(text, { errors: formatted.errors, warnings: [], notes: [] }, session.style.err));
  session.exitCode = exitCodes.usage;
}

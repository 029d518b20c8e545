/** `atesto inspect`: recognises evidence, endorsements and tokens, and shows what they say. */
import { Command } from 'commander';
import { CliFailure } from '../failure.ts';
import { readBytes } from '../input/file.ts';
import { exitCodes, type Session } from '../session.ts';
import { rows } from '../style.ts';

const examples = `
Examples:
  $ atesto inspect quote.bin
  $ atesto inspect evidence.json --json

Knows quotes of SGX and TDX, evidence of the Open Enclave SDK, SEV-SNP reports and documents, reports and documents of
Azure's confidential VMs, TDREPORTs and REPORTs of SGX, TPM quotes, event logs (with the registers that they lead to), tokens, certificates and Intel's collateral; raw, in hex, base64 or
base64url, or one of these in the member "quote", "report" or "evidence" of JSON.
Nothing is verified: anyone can write such a file. atesto verify checks it. Ends with 0: shown, 1: not readable, 2: wrong call.`;

/** The command. */
export function inspectCommand(session: Session): Command {
  return new Command('inspect')
    .description('What is in a file of evidence, endorsements or a token? Decodes it without verifying anything.')
    .argument('<file>', 'the file')
    .option('--json', 'print {"kind", …} as JSON')
    .addHelpText('after', examples)
    .action((file: string, options: { readonly json?: true }) => inspect(file, options.json === true, session));
}

async function inspect(file: string, asJson: boolean, session: Session): Promise<void> {
  const bytes = await readBytes(file, 'the file');
  const { recognize } = await import('../inspect/inspect.ts');
  const { factRows } = await import('../inspect/inspection.ts');
  const recognized = recognize(bytes);
  if (recognized === undefined) {
    throw new CliFailure(
      exitCodes.refused,
      `${file}: it is of no kind that is known here`,
      'atesto inspect --help lists the kinds.',
    );
  }
  const { inspection: found, form } = recognized;
  if (!found.ok) {
    const { code, where, why } = found.refusal;
    throw new CliFailure(exitCodes.refused, `${file}: ${found.title}, but ${where}: ${why}`, { code });
  }
  const { kind, title, facts } = found;
  if (asJson) {
    session.out(`${JSON.stringify({ kind, ...facts })}\n`);
    return;
  }
  const { out } = session.style;
  session.err(`not verified: anyone can write this${form === undefined ? '' : ` (read as ${form})`}\n`);
  session.out(`${out.title(title)}\n${rows(factRows(facts), out)}`);
}

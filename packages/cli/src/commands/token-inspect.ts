/** `atesto token inspect`: shows what a token says, and that nothing of it is proven. */
import { Command } from 'commander';
import { CliFailure } from '../failure.ts';
import { exitCodes, type Session } from '../session.ts';
import { printable } from '../style.ts';

const examples = `
Examples:
  $ atesto token inspect token.jwt
  $ atesto attest … | atesto token inspect - --json

Nothing is verified: anyone can write such a token. atesto token verify checks it.`;

/** The command. */
export function tokenInspectCommand(session: Session): Command {
  return new Command('inspect')
    .description('What does a token say? Decodes it without verifying anything.')
    .argument('<token>', 'the token, a file that holds it, or - for standard input')
    .option('--json', 'print {"header", "claims", "signed"} as JSON')
    .addHelpText('after', examples)
    .action((token: string, options: { readonly json?: true }) => inspect(token, options.json === true, session));
}

async function inspect(given: string, asJson: boolean, session: Session): Promise<void> {
  const { inspectToken } = await import('@atesto/relying-party');
  const { writeExactJson } = await import('@atesto/core');
  const { readToken } = await import('../token/read.ts');
  const outcome = inspectToken(await readToken(given, session));
  if (!outcome.ok) {
    const { code, where, why } = outcome.refusal;
    throw new CliFailure(exitCodes.refused, `${where}: ${why}`, { code });
  }
  const { header, claims, signed } = outcome.value;
  if (asJson) {
    session.out(`${writeExactJson({ header, claims, signed })}\n`);
    return;
  }
  const { title, faint } = session.style.out;
  session.err(`not verified: ${signed ? 'anyone can write this' : 'the token has no signature at all'}\n`);
  for (const [name, part] of [
    ['header', header],
    ['claims', claims],
  ] as const) {
    session.out(`${title(name)}\n${printable(writeExactJson(part, 2))}\n`);
  }
  for (const name of ['iat', 'nbf', 'exp']) {
    const seconds = claims[name];
    const isTime = typeof seconds === 'number' && Math.abs(seconds) < 8.64e12;
    if (isTime) session.out(faint(`${name} is ${new Date(seconds * 1000).toISOString()}\n`));
  }
}

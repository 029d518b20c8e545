/** `atesto policy check`: lists the errors and warnings of a policy. */
import { Command } from 'commander';
import { exitCodes, type Session } from '../session.ts';

interface Options {
  readonly type?: string;
  readonly strict?: true;
  readonly json?: true;
}

const examples = `
Examples:
  $ atesto policy check policy.txt --type SgxEnclave
  $ atesto policy check policy.jws --strict --json

The file holds the text of the policy, a JWS whose payload holds it, or what GET /policies of a service answers; - reads
standard input.
Ends with 0: sound, 2: it has errors, or the call is wrong.`;

/** The command. */
export function policyCheckCommand(session: Session): Command {
  return new Command('check')
    .description('Is a policy sound? Tells every error, with its place and how to mend it.')
    .argument('<file>', 'the policy')
    .option('--type <type>', 'the attestation type that it is for, such as SgxEnclave')
    .option('--strict', 'warnings are errors: for policies that Azure Attestation shall accept too')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', examples)
    .action((file: string, options: Options) => checkPolicy(file, options, session));
}

async function checkPolicy(file: string, options: Options, session: Session): Promise<void> {
  const { compilePolicy, policyHash, reportJson } = await import('@atesto/policy');
  const { kindOption, readPolicy } = await import('../policy/input.ts');
  const kind = kindOption(options.type);
  const text = await readPolicy(file, session);
  const compiled = compilePolicy(text, {
    strict: options.strict === true,
    ...(kind === undefined ? {} : { attestationType: kind }),
  });
  const { warnings, notes } = compiled;
  const errors = compiled.ok ? [] : compiled.errors;
  if (!compiled.ok) session.exitCode = exitCodes.usage;
  if (options.json === true) {
    const hash = policyHash(text);
    session.out(`${reportJson({ parse: compiled.ok ? 'ok' : 'error', errors, warnings, notes, hash })}\n`);
    return;
  }
  const style = session.style.out;
  const { counted, renderDiagnostics } = await import('../policy/render-diagnostics.ts');
  const diagnostics = { errors, warnings, notes };
  const verdict = compiled.ok
    ? `${style.good('sound')}: version ${compiled.value.version}, ${counted(diagnostics)}, hash ${compiled.value.hash}`
    : `${style.bad('refused')}: ${counted(diagnostics)}`;
  session.out(`${renderDiagnostics(text, diagnostics, style)}${verdict}\n`);
}

/** `atesto policy eval`: a policy over claims. */
import { Command } from 'commander';
import type { Session } from '../session.ts';

interface Options {
  readonly claims: string;
  readonly type?: string;
  readonly json?: true;
}

const examples = `
Examples:
  $ atesto policy eval policy.txt --claims claims.json --json

The claims are an object of what the service states, such as {"x-ms-sgx-product-id": 1}; a list of {"type", "value", "valueType"?, "issuer"?},
in which a claim without issuer is the client's; or an attestation token, whose signature is not verified.
Ends with 0: authorized, 1: not authorized or the evaluation fails, 2: the policy has errors, or the call is wrong.`;

/** The command. */
export function policyEvalCommand(session: Session): Command {
  return new Command('eval')
    .description('Does a policy authorize these claims, and what does it issue?')
    .argument('<file>', 'the policy, or - for standard input')
    .requiredOption('--claims <file>', 'the claims, JSON, or an attestation token')
    .option('--type <type>', 'the attestation type that the policy is for')
    .option('--json', 'print everything as JSON, the trace included')
    .addHelpText('after', examples)
    .action((file: string, options: Options) => evaluateFile(file, options, session));
}

async function evaluateFile(file: string, options: Options, session: Session): Promise<void> {
  const { evaluationReport, reportJson } = await import('@atesto/policy');
  const { readClaims } = await import('../policy/claims.ts');
  const { kindOption, readPolicy } = await import('../policy/input.ts');
  const { exitCodeOf, renderVerdict } = await import('../policy/render-verdict.ts');
  const kind = kindOption(options.type);
  const text = await readPolicy(file, session);
  const typed = kind === undefined ? {} : { attestationType: kind };
  const report = evaluationReport(text, await readClaims(options.claims, session), typed);
  session.exitCode = exitCodeOf(report);
  session.out(options.json === true ? `${reportJson(report)}\n` : renderVerdict(text, report, session.style.out));
}

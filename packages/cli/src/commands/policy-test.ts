/** `atesto policy test`: does a policy decide as its cases say? */
import { Command } from 'commander';
import { misused } from '../failure.ts';
import { exitCodes, type Session } from '../session.ts';

interface Options {
  readonly policy?: string;
  readonly type?: string;
  readonly json?: true;
}

const examples = `
Examples:
  $ atesto policy test policy.cases.jsonc
  $ atesto policy test cases.json --policy policy.txt --json

The file is JSON, with comments if you like:
  {
    "policy": "policy.txt", // relative to this file
    "attestationType": "SgxEnclave",
    "cases": [
      { "name": "current", "claims": { "x-ms-sgx-svn": 3 }, "expect": "permitted" },
      { "name": "too old", "claims": { "x-ms-sgx-svn": 2 }, "expect": { "decision": "denied" } }
    ]
  }
Claims are an object of what the service states, or a list of {"type", "value", "valueType"?, "issuer"?}. What is expected is permitted, denied or
failed, alone or as "decision" with "outgoing", "properties", "configuration" (each exactly) or the "code" of a failure.
Ends with 0: every case passed, 1: a case failed, 2: the policy has errors, or the call is wrong.`;

/** The command. */
export function policyTestCommand(session: Session): Command {
  return new Command('test')
    .description('Does a policy decide as its cases say?')
    .argument('<file>', 'the cases, JSON')
    .option('--policy <file>', 'the policy, instead of the one that the file names; - reads standard input')
    .option('--type <type>', 'the attestation type, instead of the one that the file names')
    .option('--json', 'print the results as JSON')
    .addHelpText('after', examples)
    .action((file: string, options: Options) => testFile(file, options, session));
}

async function testFile(file: string, options: Options, session: Session): Promise<void> {
  const { reportJson } = await import('@atesto/policy');
  const { readCases } = await import('../policy/cases.ts');
  const { kindOption, readPolicy } = await import('../policy/input.ts');
  const { renderCases, runCases } = await import('../policy/run-cases.ts');
  const given = await readCases(file);
  const path = options.policy ?? given.policy;
  if (path === undefined)
    misused('there is no policy', 'Name it in the file ("policy": "policy.txt") or with --policy.');
  const kind = kindOption(options.type ?? given.attestationType);
  const text = await readPolicy(path, session);
  const report = runCases(text, given.cases, kind, file);
  session.exitCode = report.passed ? exitCodes.ok : report.errors.length > 0 ? exitCodes.usage : exitCodes.refused;
  session.out(options.json === true ? `${reportJson(report)}\n` : renderCases(text, report, session.style.out));
}

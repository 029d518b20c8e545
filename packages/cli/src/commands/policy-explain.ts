/** `atesto policy explain`: shows why a policy permits or denies. */

import type { Claim } from '@atesto/policy';
import { Command } from 'commander';
import { misused } from '../failure.ts';
import { collected, readHex, readTime } from '../input/options.ts';
import type { EvidenceOptions } from '../policy/evidence.ts';
import type { Session } from '../session.ts';

interface Options extends Partial<EvidenceOptions> {
  readonly claims?: string;
  readonly json?: true;
}

const examples = `
Examples:
  $ atesto policy explain policy.txt --claims claims.json
  $ atesto policy explain policy.txt --evidence quote.bin --type SgxEnclave \\
      --collateral collateral.json --at 2025-10-01T00:00:00Z --runtime-data key.der

Evidence is appraised as atesto verify does; its claims are those that a service would show the policy.
Ends with 0: authorized, 1: not authorized, or the evidence or the evaluation fails, 2: the policy has errors, or the call is wrong.`;

/** The command. */
export function policyExplainCommand(session: Session): Command {
  return new Command('explain')
    .description('Why does a policy decide as it does? Tells each rule, condition and test.')
    .argument('<file>', 'the policy, or - for standard input')
    .option('--claims <file>', 'the claims, JSON, or an attestation token: see atesto policy eval --help')
    .option('--evidence <file>', 'evidence whose claims are taken: a quote of SGX or TDX, an SEV-SNP report')
    .option('--type <type>', 'the attestation type: SgxEnclave, OpenEnclave, TdxVm …')
    .option(
      '--collateral <file>',
      "Intel's verification collateral, JSON; for SEV-SNP a directory of AMD's certificates and lists",
    )
    .option('--at <time>', 'when the evidence is appraised (RFC 3339, a date, or now)', readTime)
    .option('--runtime-data <file>', 'data that the evidence commits to')
    .option('--allow-expired-collateral', 'go on with collateral past its next update')
    .option('--development-root <hex>', 'also trust a root by the SHA-256 of its public key', collected(readHex(32)))
    .option('--json', 'print everything as JSON')
    .addHelpText('after', examples)
    .action((file: string, options: Options) => explainFile(file, options, session));
}

async function explainFile(file: string, options: Options, session: Session): Promise<void> {
  const { claimsByStage, evaluationReport, reportJson } = await import('@atesto/policy');
  const { kindOption, readPolicy } = await import('../policy/input.ts');
  const { exitCodeOf, renderVerdict } = await import('../policy/render-verdict.ts');
  const kind = kindOption(options.type);
  const text = await readPolicy(file, session);
  const claims = await claimsOf(options, session);
  const { known, appraised } = claimsByStage(claims);
  const report = evaluationReport(text, appraised, {
    ...(kind === undefined ? {} : { attestationType: kind }),
    configurationClaims: known,
  });
  session.exitCode = exitCodeOf(report);
  if (options.json === true) {
    session.out(`${reportJson({ claims, ...report })}\n`);
    return;
  }
  const { renderTrace } = await import('../policy/render-trace.ts');
  const style = session.style.out;
  session.out(`${renderVerdict(text, report, style)}${renderTrace(report, style)}`);
}

async function claimsOf(options: Options, session: Session): Promise<Claim[]> {
  const { claims, evidence, type, at, collateral } = options;
  if ((claims === undefined) === (evidence === undefined)) {
    misused(
      'say over what the policy is evaluated',
      'Give --claims FILE, or --evidence FILE with --type, --collateral and --at.',
    );
  }
  if (claims !== undefined) return (await import('../policy/claims.ts')).readClaims(claims, session);
  if (evidence === undefined || type === undefined || at === undefined || collateral === undefined) {
    return misused('the evidence cannot be appraised yet', 'Give --type, --collateral and --at with --evidence.');
  }
  const { claimsOfEvidence } = await import('../policy/evidence.ts');
  return claimsOfEvidence({ ...options, evidence, type, at, collateral });
}

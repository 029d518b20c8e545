/** Runs the five steps of remote attestation against real services on this machine. */
import { randomBytes } from 'node:crypto';
import type { AttestOptions, CollectedEvidence, ServiceRefusedError } from '@atesto/client';
import type { ParsedSgxEvidence, SgxAppraisal, TcbStatus } from '@atesto/evidence/advanced';
import { CliFailure } from '../failure.ts';
import { exitCodes, type Session } from '../session.ts';
import { type Attester, authorize, collect, createAttester, printRequest } from './attester.ts';
import { type DemoEnvironment, type DemoServices, type Overrides, openDemoServices } from './demo-services.ts';
import { type SuggestedOverride, secondsPastUpdate, suggestOverride } from './override.ts';
import { createPrinter, type Printer } from './printer.ts';
import { expectationsFor, printToken, printVerdict, verifyToken } from './relying-party.ts';
import { type RealEvidence, realScenario, type Scenario, simulatedScenario } from './scenario.ts';
import { appraiseToShow, attest, printChecks, printRefusal, printRefusals } from './verifier.ts';

/** What to show. */
export interface DemoOptions {
  /** Absent: simulated evidence. */
  readonly real: RealEvidence | undefined;
  readonly allowExpiredCollateral: boolean;
  readonly acceptTcbStatuses: readonly TcbStatus[];
  /** Stop at a refusal instead of showing what an operator would have to permit. */
  readonly strict: boolean;
}

/** Runs the demonstration and removes what it started. Throws `CliFailure` when no override makes the evidence acceptable. */
export async function runDemo(options: DemoOptions, session: Session): Promise<void> {
  const printer = createPrinter(session);
  const scenario = options.real === undefined ? await simulatedScenario() : await realScenario(options.real);
  const services = await openDemoServices(scenario);
  try {
    await Promise.race([runSteps(options, scenario, services, printer), stopped(session)]);
  } finally {
    await services.close();
  }
}

async function stopped(session: Session): Promise<never> {
  await session.stopRequested();
  throw new CliFailure(exitCodes.unavailable, 'the demonstration was stopped');
}

async function runSteps(
  options: DemoOptions,
  scenario: Scenario,
  services: DemoServices,
  printer: Printer,
): Promise<void> {
  printer.say(
    'Remote attestation in five steps. The service and the OpenID provider are real and run on loopback ports; everything is removed at the end.',
  );
  const { evidence, parsed } = await collect(scenario, printer);
  const appraisal = appraiseToShow(scenario, evidence);
  let overrides: Overrides = {
    staleGraceSeconds:
      options.allowExpiredCollateral && appraisal !== undefined
        ? secondsPastUpdate(appraisal, scenario.at ?? new Date())
        : 0,
    tcbStatuses: options.acceptTcbStatuses,
  };
  const nonce = randomBytes(16).toString('hex');
  const permitted: string[] = [];
  let environment = await services.restart(overrides);
  let attester = createAttester(environment);
  try {
    await authorize(environment, attester, printer);
    printRequest(environment, scenario, evidence, nonce, printer);
    printer.step(4, 'The service validates the evidence, evaluates its policy, and answers');
    for (;;) {
      const answer = await attest(attester.client, evidence, attestOptions(scenario, nonce));
      if ('token' in answer) {
        await conclude(
          {
            options,
            scenario,
            environment,
            attester,
            evidence,
            parsed,
            appraisal,
            permitted,
            nonce,
            token: answer.token,
          },
          printer,
        );
        return;
      }
      const suggestion = overrideOrStop(answer.refusal, { options, scenario, appraisal, overrides }, printer);
      overrides = suggestion.overrides;
      permitted.push(`the operator ${suggestion.description}`);
      await attester.close();
      environment = await services.restart(overrides);
      attester = createAttester(environment);
    }
  } finally {
    await attester.close();
  }
}

function attestOptions({ runtimeData }: Scenario, nonce: string): AttestOptions {
  return runtimeData === undefined ? { nonce } : { runtimeData, nonce };
}

interface RefusalContext {
  readonly options: DemoOptions;
  readonly scenario: Scenario;
  readonly appraisal: SgxAppraisal | undefined;
  readonly overrides: Overrides;
}

/** Prints the refusal and the override that an operator may choose. Throws `CliFailure` when there is none, or with `--strict`. */
function overrideOrStop(
  refusal: ServiceRefusedError,
  { options, scenario, appraisal, overrides }: RefusalContext,
  printer: Printer,
): SuggestedOverride {
  printRefusal('the evidence', refusal, printer);
  const at = scenario.at ?? new Date();
  const suggestion = appraisal === undefined ? undefined : suggestOverride(refusal.innerCode, appraisal, at, overrides);
  if (suggestion === undefined || options.strict) {
    const hint = suggestion === undefined ? undefined : `Run it again with ${suggestion.option} to permit this.`;
    throw new CliFailure(exitCodes.refused, 'the service refused the evidence', hint);
  }
  printer.say(
    `That is the default, and a good one. To go on, the operator ${suggestion.description}; the service restarts.`,
  );
  return suggestion;
}

interface IssuedToken {
  readonly options: DemoOptions;
  readonly scenario: Scenario;
  readonly environment: DemoEnvironment;
  readonly attester: Attester;
  readonly evidence: CollectedEvidence;
  readonly parsed: ParsedSgxEvidence;
  readonly appraisal: SgxAppraisal | undefined;
  /** What was refused at first and then permitted, for readers of the output. */
  readonly permitted: readonly string[];
  readonly nonce: string;
  readonly token: string;
}

/** Prints the checks, two refusals and the token, then runs step 5. */
async function conclude(issued: IssuedToken, printer: Printer): Promise<void> {
  const { options, scenario, environment, attester, evidence, parsed, appraisal, permitted, nonce, token } = issued;
  if (appraisal !== undefined) printChecks(scenario, appraisal, printer);
  printer.say('What it refuses, tried as well:');
  await printRefusals(attester, evidence, parsed.body.mrEnclave, printer);
  printToken(token, printer);
  printer.step(5, "The client hands the token to a relying party, which fetches the service's keys and decides");
  const { body } = parsed;
  const first = await verifyToken(environment, token, expectationsFor(scenario, body, nonce, false));
  printVerdict(first, environment, scenario, printer);
  const isDebug = !first.ok && first.refusal.code === 'debug-enabled';
  if (!first.ok && isDebug && !options.strict) {
    printer.say('A relying party that tests its own debug enclave may permit that:');
    const second = await verifyToken(environment, token, expectationsFor(scenario, body, nonce, true));
    printVerdict(second, environment, scenario, printer);
    if (second.ok) return finish(scenario, [...permitted, 'the relying party permits a debug enclave'], printer);
  }
  if (!first.ok) throw new CliFailure(exitCodes.refused, 'the relying party refused the token');
  finish(scenario, permitted, printer);
}

function finish(scenario: Scenario, permitted: readonly string[], printer: Printer): void {
  const platform =
    scenario.developmentRoot === undefined
      ? 'a genuine Intel platform'
      : 'a simulated platform, whose root only this demonstration trusts';
  const data = scenario.runtimeData === undefined ? '' : '; the runtime data is its own';
  printer.conclude('The relying party is convinced.', `It speaks with this very enclave on ${platform}${data}.`);
  if (permitted.length > 0)
    printer.say(`By default this would have been refused; permitted here: ${permitted.join('; ')}.`);
}

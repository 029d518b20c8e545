/** The demonstration: the five steps of remote attestation, each for real, on this machine. */
import { randomBytes } from 'node:crypto';
import type { AttestOptions, CollectedEvidence, ServiceRefusedError } from '@atesto/client';
import type { ParsedSgxEvidence, SgxAppraisal, TcbStatus } from '@atesto/evidence';
import { CliFailure } from '../failure.ts';
import { exitCodes, type Session } from '../session.ts';
import { type Attester, attesterOn, authorize, collect, send } from './attester.ts';
import { type Cast, type RealEvidence, realCast, simulatedCast } from './cast.ts';
import { type Concession, concede, secondsPastUpdate } from './concession.ts';
import { type Narrator, narratorFor } from './narrator.ts';
import { expectationsFor, rely, tellToken, tellVerdict } from './relying-party.ts';
import { type Concessions, openTheatre, type Stage, type Theatre } from './stage.ts';
import { appraiseToShow, ask, tellChecks, tellRefusal, tellRefusals } from './verifier.ts';

/** What to show. */
export interface DemoOptions {
  /** Absent: simulated evidence. */
  readonly real: RealEvidence | undefined;
  readonly allowExpiredCollateral: boolean;
  readonly acceptTcbStatuses: readonly TcbStatus[];
  /** Stop at a refusal instead of showing what an operator would have to permit. */
  readonly strict: boolean;
}

/** Plays the demonstration, and clears away what it started. Throws `CliFailure` when the evidence is refused for good. */
export async function runDemo(options: DemoOptions, session: Session): Promise<void> {
  const tell = narratorFor(session);
  const cast = options.real === undefined ? await simulatedCast() : await realCast(options.real);
  const theatre = await openTheatre(cast);
  try {
    await Promise.race([play(options, cast, theatre, tell), stopped(session)]);
  } finally {
    await theatre.clear();
  }
}

async function stopped(session: Session): Promise<never> {
  await session.stopRequested();
  throw new CliFailure(exitCodes.unavailable, 'the demonstration was stopped');
}

async function play(options: DemoOptions, cast: Cast, theatre: Theatre, tell: Narrator): Promise<void> {
  tell.say(
    'Remote attestation in five steps. The service and the OpenID provider are real and run on loopback ports; everything is cleared away at the end.',
  );
  const { evidence, parsed } = await collect(cast, tell);
  const appraisal = appraiseToShow(cast, evidence);
  let concessions: Concessions = {
    staleGraceSeconds:
      options.allowExpiredCollateral && appraisal !== undefined
        ? secondsPastUpdate(appraisal, cast.at ?? new Date())
        : 0,
    tcbStatuses: options.acceptTcbStatuses,
  };
  const nonce = randomBytes(16).toString('hex');
  const permitted: string[] = [];
  let stage = await theatre.set(concessions);
  let attester = attesterOn(stage);
  try {
    await authorize(stage, attester, tell);
    send(stage, cast, evidence, nonce, tell);
    tell.step(4, 'The service validates the evidence, evaluates its policy, and answers');
    for (;;) {
      const answer = await ask(attester.client, evidence, attestOptions(cast, nonce));
      if ('token' in answer) {
        await conclude(
          { options, cast, stage, attester, evidence, parsed, appraisal, permitted, nonce, token: answer.token },
          tell,
        );
        return;
      }
      const concession = concedeOrStop(answer.refusal, { options, cast, appraisal, concessions }, tell);
      concessions = concession.permitted;
      permitted.push(`the operator ${concession.words}`);
      await attester.close();
      stage = await theatre.set(concessions);
      attester = attesterOn(stage);
    }
  } finally {
    await attester.close();
  }
}

function attestOptions({ runtimeData }: Cast, nonce: string): AttestOptions {
  return runtimeData === undefined ? { nonce } : { runtimeData, nonce };
}

interface Refused {
  readonly options: DemoOptions;
  readonly cast: Cast;
  readonly appraisal: SgxAppraisal | undefined;
  readonly concessions: Concessions;
}

/** Tells of the refusal and what an operator may permit; stops when there is nothing to permit. */
function concedeOrStop(
  refusal: ServiceRefusedError,
  { options, cast, appraisal, concessions }: Refused,
  tell: Narrator,
): Concession {
  tellRefusal('the evidence', refusal, tell);
  const at = cast.at ?? new Date();
  const concession = appraisal === undefined ? undefined : concede(refusal.innerCode, appraisal, at, concessions);
  if (concession === undefined || options.strict) {
    const hint = concession === undefined ? undefined : `Run it again with ${concession.option} to permit this.`;
    throw new CliFailure(exitCodes.refused, 'the service refused the evidence', hint);
  }
  tell.say(`That is the default, and a good one. To go on, the operator ${concession.words}; the service starts anew.`);
  return concession;
}

interface Granted {
  readonly options: DemoOptions;
  readonly cast: Cast;
  readonly stage: Stage;
  readonly attester: Attester;
  readonly evidence: CollectedEvidence;
  readonly parsed: ParsedSgxEvidence;
  readonly appraisal: SgxAppraisal | undefined;
  /** What was refused at first and then permitted. */
  readonly permitted: readonly string[];
  readonly nonce: string;
  readonly token: string;
}

/** What was checked, what would be refused, the token, and step 5. */
async function conclude(granted: Granted, tell: Narrator): Promise<void> {
  const { options, cast, stage, attester, evidence, parsed, appraisal, permitted, nonce, token } = granted;
  if (appraisal !== undefined) tellChecks(cast, appraisal, tell);
  tell.say('What it refuses, tried as well:');
  await tellRefusals(attester, evidence, parsed.body.mrEnclave, tell);
  tellToken(token, tell);
  tell.step(5, "The client hands the token to a relying party, which fetches the service's keys and decides");
  const { body } = parsed;
  const first = await rely(stage, token, expectationsFor(cast, body, nonce, false));
  tellVerdict(first, stage, cast, tell);
  const isDebug = !first.ok && first.refusal.code === 'debug-enabled';
  if (!first.ok && isDebug && !options.strict) {
    tell.say('A relying party that tests its own debug enclave may permit that:');
    const second = await rely(stage, token, expectationsFor(cast, body, nonce, true));
    tellVerdict(second, stage, cast, tell);
    if (second.ok) return finish(cast, [...permitted, 'the relying party permits a debug enclave'], tell);
  }
  if (!first.ok) throw new CliFailure(exitCodes.refused, 'the relying party refused the token');
  finish(cast, permitted, tell);
}

function finish(cast: Cast, permitted: readonly string[], tell: Narrator): void {
  const platform =
    cast.developmentRoot === undefined
      ? 'a genuine Intel platform'
      : 'a simulated platform, whose root only this demonstration trusts';
  const data = cast.runtimeData === undefined ? '' : '; the runtime data is its own';
  tell.conclude('The relying party is convinced.', `It speaks with this very enclave on ${platform}${data}.`);
  if (permitted.length > 0)
    tell.say(`By default this would have been refused; permitted here: ${permitted.join('; ')}.`);
}

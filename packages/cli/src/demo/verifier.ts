/** Step 4: the service appraises the evidence, evaluates its policy, and answers with a token or with a clear error. */
import {
  type AttestationClient,
  type AttestOptions,
  type CollectedEvidence,
  ServiceRefusedError,
} from '@atesto/client';
import { appraiseSgx, parseSgxEvidence, type SgxAppraisal } from '@atesto/evidence/advanced';
import { verifiedCollateral } from '../verify/intel-verdict.ts';
import type { Printer } from './printer.ts';
import type { Scenario } from './scenario.ts';

/** What the service answered. */
export type Answer = { readonly token: string } | { readonly refusal: ServiceRefusedError };

/** Sends the evidence. A refusal of the service is an answer, other failures throw. */
export async function attest(
  client: AttestationClient,
  evidence: CollectedEvidence,
  options: AttestOptions,
): Promise<Answer> {
  try {
    return { token: (await client.attestEvidence(evidence, options)).token };
  } catch (error) {
    if (error instanceof ServiceRefusedError) return { refusal: error };
    throw error;
  }
}

/** Prints a refusal in one line. */
export function printRefusal(
  what: string,
  { status, wireCode, innerCode, why }: ServiceRefusedError,
  printer: Printer,
): void {
  printer.refused(`${what}: ${status} ${wireCode ?? ''}: ${why}`, innerCode ?? 'no code');
}

/** Repeats the service's appraisal to show its facts; undefined when the evidence is refused. */
export function appraiseToShow(scenario: Scenario, { bytes }: CollectedEvidence): SgxAppraisal | undefined {
  const { developmentRoot, at = new Date() } = scenario;
  const collateral = verifiedCollateral(
    Buffer.from(scenario.collateral),
    developmentRoot === undefined ? [] : [developmentRoot],
  );
  const evidence = parseSgxEvidence(bytes);
  if (!collateral.ok || !evidence.ok) return undefined;
  const outcome = appraiseSgx(evidence.value, collateral.value, { at, allowExpiredCollateral: true });
  return outcome.ok ? outcome.value : undefined;
}

/** Prints what the service checked before it issued the token. */
export function printChecks(scenario: Scenario, appraisal: SgxAppraisal, printer: Printer): void {
  const { pckIssuer, pck, qeIsvSvn, qeTcbStatus, tcbStatus, platformTcbStatus, advisoryIds, collateral, body } =
    appraisal;
  const root =
    scenario.developmentRoot === undefined
      ? 'Intel SGX Root CA, pinned by its public key'
      : 'the simulated root, trusted by configuration';
  const expired =
    collateral.expired.length === 0 ? 'all current' : `past their next update: ${collateral.expired.join(', ')}`;
  printer.checked('access token', 'signature, issuer, audience and time; every call needs one here');
  printer.checked('platform', `FMSPC ${pck.fmspc}: PCK certificate of ${pckIssuer} under ${root}; not revoked`);
  printer.checked(
    'quoting enclave',
    `its report is signed by the PCK key, its identity is Intel's, ISVSVN ${qeIsvSvn} is ${qeTcbStatus}`,
  );
  printer.checked('quote', 'signed by the attestation key that the quoting enclave vouches for');
  printer.checked(
    'endorsements',
    `TCB info, QE identity and revocation lists, evaluation data ${collateral.tcbEvaluationDataNumber}; ${expired}`,
  );
  printer.checked(
    'TCB',
    `platform ${platformTcbStatus}, with the quoting enclave ${tcbStatus}${advisoryIds.length === 0 ? '' : ` (${advisoryIds.join(', ')})`}; the baseline accepts it`,
  );
  if (scenario.runtimeData !== undefined)
    printer.checked('runtime data', 'its SHA-256 is the first half of the report data');
  printer.checked(
    'policy',
    `the default policy permits and issues claims${body.debug ? '; the token says that the enclave can be debugged' : ''}`,
  );
}

/** Sends two requests that the service must refuse, and prints the refusals. Throws when one is accepted. */
export async function printRefusals(
  clients: { readonly client: AttestationClient; readonly anonymous: AttestationClient },
  evidence: CollectedEvidence,
  mrEnclave: Uint8Array,
  printer: Printer,
): Promise<void> {
  const forged = Uint8Array.from(evidence.bytes);
  const at = Buffer.from(evidence.bytes).indexOf(mrEnclave);
  forged[at] = (forged[at] ?? 0) ^ 1;
  const attempts = [
    ['the same evidence with one bit of MRENCLAVE changed', clients.client, { ...evidence, bytes: forged }],
    ['the evidence without an access token', clients.anonymous, evidence],
  ] as const;
  for (const [what, client, sent] of attempts) {
    const answer = await attest(client, sent, {});
    if ('token' in answer) throw new Error(`the service accepted ${what}`);
    printRefusal(what, answer.refusal, printer);
  }
}

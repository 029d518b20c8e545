/** Step 4: the service appraises the evidence, evaluates its policy, and answers with a token or with a clear error. */
import {
  type AttestationClient,
  type AttestOptions,
  type CollectedEvidence,
  ServiceRefusedError,
} from '@atesto/client';
import { parseIntelCollateralBundle } from '@atesto/endorsements';
import { appraiseSgx, intelRoots, type SgxAppraisal } from '@atesto/evidence';
import type { Cast } from './cast.ts';
import type { Narrator } from './narrator.ts';

/** What the service answered. */
export type Answer = { readonly token: string } | { readonly refusal: ServiceRefusedError };

/** Attests; a refusal is an answer. */
export async function ask(
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

/** A refusal in one line. */
export function tellRefusal(
  what: string,
  { status, wireCode, innerCode, why }: ServiceRefusedError,
  tell: Narrator,
): void {
  tell.refused(`${what}: ${status} ${wireCode ?? ''}: ${why}`, innerCode ?? 'no code');
}

/** The same appraisal as the service's, to show its facts; undefined when it does not come to an end. */
export function appraiseToShow(cast: Cast, { bytes }: CollectedEvidence): SgxAppraisal | undefined {
  const bundle = parseIntelCollateralBundle(cast.collateral);
  if (!bundle.ok) return undefined;
  const { developmentRoot } = cast;
  const development =
    developmentRoot === undefined ? [] : [{ name: 'simulated root', spkiSha256: developmentRoot, development: true }];
  const outcome = appraiseSgx(bytes, bundle.value, {
    at: cast.at ?? new Date(),
    allowExpiredCollateral: true,
    trustAnchors: [...intelRoots, ...development],
  });
  return outcome.ok ? outcome.value : undefined;
}

/** What the service checked before it issued the token. */
export function tellChecks(cast: Cast, appraisal: SgxAppraisal, tell: Narrator): void {
  const { pckIssuer, pck, qeIsvSvn, qeTcbStatus, tcbStatus, platformTcbStatus, advisoryIds, collateral, body } =
    appraisal;
  const root =
    cast.developmentRoot === undefined
      ? 'Intel SGX Root CA, pinned by its public key'
      : 'the simulated root, trusted by configuration';
  const expired =
    collateral.expired.length === 0 ? 'all current' : `past their next update: ${collateral.expired.join(', ')}`;
  tell.checked('access token', 'signature, issuer, audience and time; every call needs one here');
  tell.checked('platform', `FMSPC ${pck.fmspc}: PCK certificate of ${pckIssuer} under ${root}; not revoked`);
  tell.checked(
    'quoting enclave',
    `its report is signed by the PCK key, its identity is Intel's, ISVSVN ${qeIsvSvn} is ${qeTcbStatus}`,
  );
  tell.checked('quote', 'signed by the attestation key that the quoting enclave vouches for');
  tell.checked(
    'endorsements',
    `TCB info, QE identity and revocation lists, evaluation data ${collateral.tcbEvaluationDataNumber}; ${expired}`,
  );
  tell.checked(
    'TCB',
    `platform ${platformTcbStatus}, with the quoting enclave ${tcbStatus}${advisoryIds.length === 0 ? '' : ` (${advisoryIds.join(', ')})`}; the baseline accepts it`,
  );
  if (cast.runtimeData !== undefined) tell.checked('runtime data', 'its SHA-256 is the first half of the report data');
  tell.checked(
    'policy',
    `the default policy permits and issues claims${body.debug ? '; that the enclave can be debugged stands in the token' : ''}`,
  );
}

/** Two calls that must fail, to see how a refusal looks. Throws when one is accepted. */
export async function tellRefusals(
  clients: { readonly client: AttestationClient; readonly anonymous: AttestationClient },
  evidence: CollectedEvidence,
  mrEnclave: Uint8Array,
  tell: Narrator,
): Promise<void> {
  const forged = Uint8Array.from(evidence.bytes);
  const at = Buffer.from(evidence.bytes).indexOf(mrEnclave);
  forged[at] = (forged[at] ?? 0) ^ 1;
  const attempts = [
    ['the same evidence with one bit of MRENCLAVE changed', clients.client, { ...evidence, bytes: forged }],
    ['the evidence without an access token', clients.anonymous, evidence],
  ] as const;
  for (const [what, client, sent] of attempts) {
    const answer = await ask(client, sent, {});
    if ('token' in answer) throw new Error(`the service accepted ${what}`);
    tellRefusal(what, answer.refusal, tell);
  }
}

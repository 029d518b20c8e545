/** Evidence of the simulated platforms of a running emulator. */
import { type EvidenceSource, evidenceOf } from '@atesto/client';
import { CliFailure } from '../failure.ts';
import { exitCodes } from '../session.ts';

const timeoutMs = 30_000;
const defaultType = 'SgxEnclave';

/**
 * A source that asks an emulator.
 *
 * @param uri where its simulator listens, such as `http://127.0.0.1:8445`; `?type=` names another attestation type than SgxEnclave
 */
export function evidenceFromEmulator(uri: string): EvidenceSource {
  const { origin, searchParams } = new URL(uri);
  const where = `${origin}/simulator/evidence`;
  return {
    collect: async (reportData) => {
      const type = searchParams.get('type') ?? defaultType;
      const body = JSON.stringify({ type, reportData: Buffer.from(reportData).toString('hex') });
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
      const response = await fetch(where, { ...init, signal: AbortSignal.timeout(timeoutMs) }).catch(() => undefined);
      const answer: unknown = await response?.json().catch(() => undefined);
      if (isEvidence(answer)) return evidenceOf(Buffer.from(answer.evidence, 'base64url'), where);
      const why = response === undefined ? 'nothing answers there' : `it answers ${response.status}`;
      const hint =
        'atesto emulator prints where its simulator listens; ?type= takes SgxEnclave, OpenEnclave, TdxVm or SevSnpVm.';
      throw new CliFailure(exitCodes.unavailable, `no simulated evidence from ${where}: ${why}`, hint);
    },
  };
}

function isEvidence(answer: unknown): answer is { readonly evidence: string } {
  return typeof answer === 'object' && answer !== null && 'evidence' in answer && typeof answer.evidence === 'string';
}

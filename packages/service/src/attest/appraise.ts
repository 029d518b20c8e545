/** Steps 2 to 5 of an attest call: from the wire's body to genuine evidence and the data that it commits to. */
import { unwrap } from '@atesto/core';
import type { LookupBudget } from '../admission/budgets.ts';
import type { Provider } from '../providers/provider.ts';
import type { AttestRequest } from './request.ts';
import { bind } from './steps/bind.ts';
import { decodeRequest } from './steps/decode.ts';
import { type AttestAudit, noteEvidence } from './steps/record.ts';
import type { AttestationType } from './types/attestation-type.ts';

/** What an appraisal needs besides the body. */
export interface AppraisalContext {
  readonly provider: Provider;
  /** The time at which the evidence is appraised. */
  readonly at: Date;
  readonly audit: Pick<AttestAudit, 'note'>;
  /** Ends waits; its reason is thrown. */
  readonly signal: AbortSignal;
  /** What may be looked up at outside services. */
  readonly lookups: LookupBudget;
  /** Checks what a request asks for, before anything is fetched for it. May refuse the request by throwing. */
  readonly checkRequest?: (request: AttestRequest) => void;
}

/** What steps 2 to 5 come to: genuine evidence, and the data that it commits to. */
export interface AppraisedRequest<Appraisal> {
  readonly request: AttestRequest;
  readonly appraisal: Appraisal;
  /** Milliseconds that were spent on the endorsements. */
  readonly endorseMs: number;
}

/** Decodes, fetches endorsements, appraises, checks the data. Throws `Refused`. */
export async function appraise<Evidence, Endorsements, Appraisal>(
  type: AttestationType<Evidence, Endorsements, Appraisal>,
  body: Uint8Array,
  { provider, at, audit, signal, lookups, checkRequest }: AppraisalContext,
): Promise<AppraisedRequest<Appraisal>> {
  // 2 decode
  const request = decodeRequest(body, type.evidenceMembers);
  noteEvidence(audit, request.evidence);
  checkRequest?.(request);
  const evidence = unwrap(type.parse(request.evidence));
  // 3 endorse
  const started = performance.now();
  const endorsements = await type.endorse(evidence, provider, { at, signal, lookups });
  const endorseMs = performance.now() - started;
  // 4 appraise
  const appraisal = unwrap(type.appraise(evidence, endorsements, provider, at));
  // 5 bind
  bind(type, appraisal, request, provider);
  return { request, appraisal, endorseMs };
}

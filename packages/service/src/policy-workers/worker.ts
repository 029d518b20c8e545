/** The worker thread's functions: each evaluates one policy over plain data and keeps no state. */
import {
  type Claim,
  claimsByStage,
  evaluationReport,
  type PolicyRefusal,
  parseClaims,
  reportJson,
} from '@atesto/policy';
import {
  attestationKindOf,
  type PolicyClaim,
  type PolicyDecision,
  type PolicyFault,
  readPolicy,
} from '../providers/policy.ts';
import { markStarted, type StartMark } from './time-limit.ts';

/** What a thread is given with each task. */
interface ThreadWork {
  /** Marked when the thread starts the task. */
  readonly startMark?: StartMark;
}

/** A draft, and the claims of the evidence that it is sent with. */
export interface DraftWork extends ThreadWork {
  readonly text: string;
  readonly attestationType: string;
  readonly claims: readonly PolicyClaim[];
}

/** What a draft decides, or why it cannot be evaluated. */
export type DraftAnswer =
  | {
      readonly ok: true;
      readonly hash: string;
      /** See `ProviderPolicy`. */
      readonly minimumTcbEvaluationDataNumber: number;
      readonly decision: PolicyDecision;
    }
  | { readonly ok: false; readonly fault: PolicyFault };

/** Compiles and evaluates a draft. */
export function evaluateDraft({ text, attestationType, claims, startMark }: DraftWork): DraftAnswer {
  markStarted(startMark);
  const read = readPolicy(text, attestationType);
  if (!read.ok) return read;
  const { hash, minimumTcbEvaluationDataNumber, evaluate } = read.policy;
  return { ok: true, hash, minimumTcbEvaluationDataNumber, decision: evaluate(claims) };
}

/** A policy to be explained over claims, which are given as they are or as JSON. */
export interface ExplainWork extends ThreadWork {
  readonly text: string;
  readonly attestationType: string;
  readonly claims: readonly Claim[] | string;
}

/** The report as JSON text, or why the claims cannot be read. */
export type ExplainAnswer =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly refusal: PolicyRefusal };

/** Reports what a policy makes of claims. */
export function explain({ text, attestationType, claims, startMark }: ExplainWork): ExplainAnswer {
  markStarted(startMark);
  const read = typeof claims === 'string' ? parseClaims(claims) : ({ ok: true, value: claims } as const);
  if (!read.ok) return read;
  const { known, appraised } = claimsByStage(read.value);
  const kind = attestationKindOf(attestationType);
  const options = { configurationClaims: known, ...(kind === undefined ? {} : { attestationType: kind }) };
  const report = evaluationReport(text, appraised, options);
  return { ok: true, json: reportJson({ claims: read.value, ...report }) };
}

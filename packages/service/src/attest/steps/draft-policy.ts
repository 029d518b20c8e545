/**
 * Draft policies of callers: who may send one, and what it decides. A draft is sent as text, or inside a JWS like a policy that is set; its
 * signature is not looked at, since a token under a draft is unsecured whoever signed the draft. It is compiled and evaluated in a thread.
 */
import { settle } from '@atesto/core';
import type { Caller } from '../../identity/access-token.ts';
import { parsePolicy } from '../../policies/document.ts';
import type { InLine } from '../../policy-workers/turns.ts';
import type { PolicyClaim, PolicyDecision } from '../../providers/policy.ts';
import { refusePolicy } from '../../providers/policy-of-text.ts';
import type { DraftPolicies, Provider } from '../../providers/provider.ts';
import { refuse } from '../../refuse.ts';
import type { AttestRequest } from '../request.ts';

const where = 'body.draftPolicyForAttestation';

/** The policy text. Refuses with `draft-policy-invalid` a JWS without one. */
export function draftPolicyText(draft: string): string {
  const parsed = settle(() => parsePolicy(draft, where));
  if (parsed.ok) return parsed.value.text;
  const why = 'the payload of the JWS must hold AttestationPolicy, a policy text in base64url';
  return refuse('draft-policy-invalid', where, why);
}

const whoMay: Readonly<Record<Exclude<DraftPolicies, 'anyone'>, string>> = {
  off: 'the provider evaluates no draft policies; leave it out, or set the policy',
  readers: 'the provider evaluates draft policies of its readers; send an access token of one',
  authenticated: 'the provider evaluates draft policies of callers with an access token; send one',
};

/** Refuses with `draft-policy-forbidden` a draft of a caller whose drafts the provider does not evaluate. */
export function checkDraftPermitted(
  { draftPolicy }: Pick<AttestRequest, 'draftPolicy'>,
  { draftPolicies }: Pick<Provider, 'draftPolicies'>,
  caller: Caller | undefined,
  isReader: (caller: Caller) => boolean,
): void {
  if (draftPolicy === undefined || draftPolicies === 'anyone') return;
  if (draftPolicies === 'authenticated' && caller !== undefined) return;
  if (draftPolicies === 'readers' && caller !== undefined && isReader(caller)) return;
  refuse('draft-policy-forbidden', where, whoMay[draftPolicies]);
}

/** What a draft came to. */
export interface DraftVerdict {
  readonly hash: string;
  readonly minimumTcbEvaluationDataNumber: number;
  readonly decision: PolicyDecision;
}

/**
 * Compiles and evaluates a draft. Refuses with `draft-policy-invalid`, `policy-invalid`, `policy-baseline-unknown`, `policy-workers-busy` or
 * `policy-too-costly`.
 */
export async function evaluateDraft(
  draft: string,
  attestationType: string,
  claims: readonly PolicyClaim[],
  { policyWorkers }: Pick<Provider, 'policyWorkers'>,
  inLine: InLine,
): Promise<DraftVerdict> {
  const answer = await policyWorkers.evaluateDraft({ text: draftPolicyText(draft), attestationType, claims }, inLine);
  return answer.ok ? answer : refusePolicy(answer.fault);
}

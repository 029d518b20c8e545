/** The way of one attest call, from the request to the token: ten steps, in this order, each of which may refuse. */
import type { LookupBudget } from '../admission/budgets.ts';
import type { ApiVersion } from '../http/api-version.ts';
import type { Caller } from '../identity/access-token.ts';
import type { Provider } from '../providers/provider.ts';
import { appraise } from './appraise.ts';
import type { AttestRequest } from './request.ts';
import { authenticate } from './steps/authenticate.ts';
import { checkDraftPermitted } from './steps/draft-policy.ts';
import { checkInForce, judge } from './steps/evaluate.ts';
import { issue } from './steps/issue.ts';
import { type AttestAudit, noteCaller } from './steps/record.ts';
import type { AttestationType } from './types/attestation-type.ts';

/** One call as the route received it. */
export interface AttestCall {
  readonly apiVersion: ApiVersion;
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  /** Reads the body. Refuses as `RequestBody.bytes`. */
  readonly readBody: () => Promise<Uint8Array>;
}

/** What the pipeline needs besides the call. */
export interface AttestContext {
  readonly provider: Provider;
  /** The evidence is appraised and the token issued at the time at which the request is there as a whole. */
  readonly clock: () => Date;
  readonly audit: AttestAudit;
  /** Ends waits; its reason is thrown. */
  readonly signal: AbortSignal;
  /** What may be looked up at outside services. */
  readonly lookups: LookupBudget;
  /** Whose turn it is when others wait too: the caller, or the address. */
  readonly owner: () => string;
  /** Told who calls, once that is known. May refuse the call by throwing. */
  readonly admit: (caller: Caller) => void;
  /** Whether a caller is a reader of the provider: refusals may then show what the policy says. */
  readonly mayReadPolicies: (caller: Caller) => boolean;
}

/** The answer to a call that was permitted. */
export interface AttestAnswer {
  /** The token, or what the attestation type delivers in its place. */
  readonly token: string;
  /** Milliseconds that were spent on the endorsements. */
  readonly endorseMs: number;
}

/** Attests evidence of one type. Throws `Refused`, and what `readBody` and `admit` throw. */
export async function attest<Evidence, Endorsements, Appraisal>(
  type: AttestationType<Evidence, Endorsements, Appraisal>,
  call: AttestCall,
  { provider, clock, audit, signal, lookups, owner, admit, mayReadPolicies }: AttestContext,
): Promise<AttestAnswer> {
  // 1 authenticate
  const requirement = provider.requireAccessToken ? 'required' : type.tokenRequirement(call.apiVersion);
  const caller = await authenticate(call.authorization, requirement, provider.accessTokens, signal);
  if (caller !== undefined) admit(caller);
  noteCaller(audit, caller);
  const body = await call.readBody();
  const at = clock();
  // 2 decode, 3 endorse, 4 appraise, 5 bind
  const checkRequest = (request: AttestRequest): void =>
    checkDraftPermitted(request, provider, caller, mayReadPolicies);
  const { request, appraisal, endorseMs } = await appraise(type, body, {
    provider,
    at,
    audit,
    signal,
    lookups,
    checkRequest,
  });
  // 6 baseline, as the policy configures it; 7 evaluate
  const isReader = caller !== undefined && mayReadPolicies(caller);
  const parts = { provider, at, audit, signal, owner, mayReadPolicies: isReader };
  const verdict = await judge(type, appraisal, request, parts);
  // 8 issue
  const { token, tokenId } = await issue(type, appraisal, request, verdict, provider, at);
  // 9 record
  audit.note({ tokenId });
  await audit.recordAllowed(at);
  checkInForce(type.name, verdict, provider);
  // 10 answer
  return { token: type.deliver?.(token, appraisal) ?? token, endorseMs };
}

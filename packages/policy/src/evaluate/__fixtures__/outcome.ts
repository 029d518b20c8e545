/** Evaluates policies for tests and returns the results as plain values. */
import assert from 'node:assert/strict';
import { type Claim, type ClaimValue, compilePolicy, evaluatePolicy, issuedValue } from '../../index.ts';

/** A claim of the service; of others with their issuer. */
export const claim = (type: string, value: ClaimValue, issuer: Claim['issuer'] = 'AttestationService'): Claim => ({
  type,
  value,
  issuer,
});

/** `refused`, the code of a failed evaluation, or what the policy issued by type. */
export function outcome(policy: string, claims: readonly Claim[] = []): unknown {
  const compiled = compilePolicy(policy);
  assert.ok(compiled.ok, compiled.ok ? '' : compiled.errors[0]?.message);
  const verdict = evaluatePolicy(compiled.value, claims);
  if (verdict.decision === 'failed') return verdict.refusal.code;
  if (verdict.decision === 'denied') return 'refused';
  return Object.fromEntries(verdict.outgoing.map((issued) => [issued.type, issuedValue(issued)]));
}

/** What issuance rules issue, under a policy that permits. */
export function issued(rules: string, claims: readonly Claim[] = []): unknown {
  return outcome(`version=1.2;authorizationrules{=> permit();};issuancerules{${rules}};`, claims);
}

/** Whether authorization rules permit. */
export function authorized(rules: string, claims: readonly Claim[] = []): unknown {
  const result = outcome(`version=1.2;authorizationrules{${rules}};`, claims);
  return typeof result === 'string' ? result : 'permitted';
}

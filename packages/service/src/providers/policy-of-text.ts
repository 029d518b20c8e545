/** The policy of a text as requests need it: a refusal when it is none. */
import { refuse } from '../refuse.ts';
import { type PolicyFault, type ProviderPolicy, readPolicy, summaryOf } from './policy.ts';

/**
 * The policy of a text for an attestation type (`SgxEnclave` …). Refuses the request with `policy-invalid` when the text does not
 * compile, and with `policy-baseline-unknown` when it asks for a TCB baseline that the service does not have.
 */
export function policyOfText(text: string, attestationType: string): ProviderPolicy {
  const read = readPolicy(text, attestationType);
  return read.ok ? read.policy : refusePolicy(read.fault);
}

/** Refuses the request for its policy. */
export function refusePolicy(fault: PolicyFault): never {
  return refuse(fault.code, 'policy', summaryOf(fault));
}

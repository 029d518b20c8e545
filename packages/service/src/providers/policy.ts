/**
 * The seam to the policy language. Only the documented default policies are in force: each is known by its text, word for word,
 * and has its documented effect. Any other text is refused rather than half understood.
 */
import { createHash } from 'node:crypto';
import type { JsonValue } from '@atesto/token';
import { refuseRequest } from '../http/refusal.ts';

/** A claim as policies see it. */
export interface PolicyClaim {
  readonly type: string;
  readonly value: string | bigint | boolean;
  readonly issuer: 'AttestationService' | 'CustomClaim';
}

/** A policy that was understood as a whole. */
export interface ProviderPolicy {
  /** `x-ms-policy-hash`: BASE64URL(SHA256(UTF8(BASE64URL(UTF8(text))))). */
  readonly hash: string;
  readonly evaluate: (claims: readonly PolicyClaim[]) => {
    authorized: boolean;
    issued: readonly (readonly [string, JsonValue])[];
  };
}

/** Claims that the default policy of enclaves issues anew, and the claim that each takes its value from. */
const enclaveAliases: readonly (readonly [issued: string, from: string])[] = [
  ['is-debuggable', 'x-ms-sgx-is-debuggable'],
  ['sgx-mrsigner', 'x-ms-sgx-mrsigner'],
  ['sgx-mrenclave', 'x-ms-sgx-mrenclave'],
  ['product-id', 'x-ms-sgx-product-id'],
  ['svn', 'x-ms-sgx-svn'],
  ['tee', 'x-ms-attestation-type'],
];

/** The documented default policy of SgxEnclave and OpenEnclave. */
export const defaultEnclavePolicy = [
  'version= 1.1;',
  'configurationrules{=> issueproperty(type="x-ms-sgx-tcbidentifier", value="azuredefault");};',
  'authorizationrules{=> permit();};',
  'issuancerules{',
  ...enclaveAliases.map(([issued, from]) => `c:[type=="${from}"] => issue(type="${issued}", value=c.value);`),
  '};',
].join('\n');

/** The documented default policy of confidential VMs: permits and issues nothing. */
export const permitPolicy = 'version= 1.0;authorizationrules{=> permit();};';

/** Spaces and line ends between tokens mean nothing. */
const normalized = (text: string): string => text.replaceAll(/\s+/g, '');

type Issue = ReturnType<ProviderPolicy['evaluate']>['issued'];

function aliasesOf(claims: readonly PolicyClaim[]): Issue {
  return enclaveAliases.flatMap(([issued, from]) =>
    claims.filter(({ type }) => type === from).map(({ value }) => [issued, value] as const),
  );
}

const known = new Map<string, (claims: readonly PolicyClaim[]) => Issue>([
  [normalized(defaultEnclavePolicy), aliasesOf],
  [normalized(permitPolicy), () => []],
]);

/** The policy of a text. Refuses the request with `policy-invalid` unless it is a documented default. */
export function policyOfText(text: string, _attestationType: string): ProviderPolicy {
  const issue = known.get(normalized(text));
  if (issue === undefined) {
    return refuseRequest('policy-invalid', 'policy', 'this version evaluates the documented default policies only');
  }
  const hash = createHash('sha256').update(Buffer.from(text).toString('base64url')).digest('base64url');
  return { hash, evaluate: (claims) => ({ authorized: true, issued: issue(claims) }) };
}

/** The policies in force, by attestation type. */
export function configuredPolicies(): ReadonlyMap<string, ProviderPolicy> {
  const texts = {
    SgxEnclave: defaultEnclavePolicy,
    OpenEnclave: defaultEnclavePolicy,
    SevSnpVm: permitPolicy,
    TdxVm: permitPolicy,
  };
  return new Map(Object.entries(texts).map(([type, text]) => [type, policyOfText(text, type)]));
}

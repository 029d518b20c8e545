/** The default policies, in force until a policy is set (policy language, section 12). */
import type { AttestationType } from '@atesto/core';

/** The older claim names that the default policy of enclaves issues, by the claims they repeat. */
const enclaveAliases: readonly (readonly [issued: string, from: string])[] = [
  ['is-debuggable', 'x-ms-sgx-is-debuggable'],
  ['sgx-mrsigner', 'x-ms-sgx-mrsigner'],
  ['sgx-mrenclave', 'x-ms-sgx-mrenclave'],
  ['product-id', 'x-ms-sgx-product-id'],
  ['svn', 'x-ms-sgx-svn'],
  ['tee', 'x-ms-attestation-type'],
];

/** In one line, as Azure Attestation shows it: exact bytes matter, since tokens carry the hash of the policy. */
const enclave = [
  'version= 1.1;',
  'configurationrules{=> issueproperty(type="x-ms-sgx-tcbidentifier", value="azuredefault");};',
  'authorizationrules{=> permit();};',
  'issuancerules{',
  ...enclaveAliases.map(([issued, from]) => `c:[type=="${from}"] => issue(type="${issued}", value=c.value);`),
  '};',
].join('');

/** Exact bytes matter: Azure Attestation publishes its hash. */
const permitting = 'version= 1.0;authorizationrules{=> permit();};';

/** The default policy text of each attestation type; types without one are refused until one is set. */
export const defaultPolicies: Readonly<Partial<Record<AttestationType, string>>> = {
  SgxEnclave: enclave,
  OpenEnclave: enclave,
  SevSnpVm: permitting,
  TdxVm: permitting,
  AzureGuest: permitting,
};

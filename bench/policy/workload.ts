/** What is evaluated: policies, the claims they meet, and the same decisions written by hand in TypeScript. */
import { type Claim, claimsOfMembers, defaultPolicies } from '@atesto/policy';
import { readVector, vectorsMissing } from '@atesto/vectors';
import { type Decision, enclavesByHand, measuredBootByHand, rolesByHand } from './by-hand.ts';
import { eventLog } from './event-log.ts';

/** One policy over one set of claims. */
export interface Workload {
  readonly name: string;
  readonly text: string;
  readonly claims: readonly Claim[];
  readonly byHand: (claims: readonly Claim[]) => Decision;
  /** Evaluations a second that are asked for; absent: none. */
  readonly goalPerSecond?: number;
}

const enclave = claimsOfMembers(
  {
    'x-ms-attestation-type': 'sgx',
    'x-ms-sgx-is-debuggable': false,
    'x-ms-sgx-product-id': 4711,
    'x-ms-sgx-svn': 3,
    'x-ms-sgx-mrsigner': 'ab'.repeat(32),
    'x-ms-sgx-mrenclave': 'cd'.repeat(32),
    'x-ms-sgx-report-data': '00'.repeat(64),
    'x-ms-sgx-collateral': { quotehash: '11'.repeat(32) },
    '$is-debuggable': false,
    '$product-id': 4711,
    $svn: 3,
    '$sgx-mrsigner': 'ab'.repeat(32),
    '$sgx-mrenclave': 'cd'.repeat(32),
    $tee: 'sgx',
  },
  'AttestationService',
);

/** 50 products that are permitted, each from its own security version on, and a role for each. */
function rolePolicy(): string {
  const products = Array.from({ length: 50 }, (_, index) => 4700 + index);
  const permit = products.map(
    (id) => `[type=="x-ms-sgx-product-id", value==${id}] && [type=="x-ms-sgx-svn", value>=${id % 5}] => permit();`,
  );
  const issue = products.map(
    (id) => `c:[type=="x-ms-sgx-product-id", value==${id}] => issue(type="role-${id}", value=c.value);`,
  );
  return `version=1.2;\nauthorizationrules {\n${permit.join('\n')}\n};\nissuancerules {\n${issue.join('\n')}\n};\n`;
}

/** The workloads; the TPM sample is there when the documented cases are. */
export function workloads(): Workload[] {
  const all: Workload[] = [
    {
      name: 'default policy of SgxEnclave',
      text: defaultPolicies.SgxEnclave ?? '',
      claims: enclave,
      byHand: enclavesByHand,
      goalPerSecond: 300_000,
    },
    { name: 'policy of 100 rules', text: rolePolicy(), claims: enclave, byHand: rolesByHand },
  ];
  const sample = tpmSample();
  if (sample === undefined) return all;
  const events: Claim[] = [
    { type: 'events', value: eventLog(100), issuer: 'AttestationService' },
    { type: 'aikValidated', value: true, issuer: 'AttestationService' },
  ];
  return [...all, { name: 'TPM 1.2 sample, 100 events', text: sample, claims: events, byHand: measuredBootByHand }];
}

function tpmSample(): string | undefined {
  if (vectorsMissing('policy') !== false) return undefined;
  const cases: readonly { readonly name: string; readonly policy: string }[] = JSON.parse(
    readVector('policy', 'cases.json').toString('utf8'),
  );
  return cases.find(({ name }) => name === 'TPM 1.2 sample')?.policy;
}

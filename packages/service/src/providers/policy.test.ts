/** The seam to the policy language: only what is understood as a whole is in force. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestRefused } from '../http/refusal.ts';
import { defaultEnclavePolicy, permitPolicy, policyOfText } from './policy.ts';

const claim = (type: string, value: string | bigint | boolean) =>
  ({ type, value, issuer: 'AttestationService' }) as const;

test('the default policy of enclaves issues the old names from the claims of the appraisal', () => {
  const { authorized, issued } = policyOfText(defaultEnclavePolicy, 'SgxEnclave').evaluate([
    claim('x-ms-attestation-type', 'sgx'),
    claim('x-ms-sgx-is-debuggable', false),
    claim('x-ms-sgx-product-id', 7n),
    claim('x-ms-sgx-report-data', '00'),
  ]);
  assert.ok(authorized);
  assert.deepEqual(Object.fromEntries(issued), { 'is-debuggable': false, 'product-id': 7n, tee: 'sgx' });
});

test('the hash of the permitting policy is the one that Azure Attestation publishes', () => {
  assert.equal(policyOfText(permitPolicy, 'SevSnpVm').hash, '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco');
});

test('refuses every other text with policy-invalid, one that denies above all', () => {
  for (const text of ['', 'permit', 'version= 1.0;authorizationrules{=> deny();};', `${permitPolicy}=> permit();`]) {
    assert.throws(
      () => policyOfText(text, 'SgxEnclave'),
      (error) => error instanceof RequestRefused && error.refusal.code === 'policy-invalid' && error.status === 400,
    );
  }
});

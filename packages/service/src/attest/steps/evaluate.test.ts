import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestRefused } from '../../http/refusal.ts';
import type { PolicyClaim, ProviderPolicy } from '../../providers/policy.ts';
import { evaluate, type PolicyVerdict, policyFor } from './evaluate.ts';

const type = {
  name: 'SgxEnclave',
  claim: 'sgx',
  claims: () => ({ 'x-ms-sgx-svn': 5, 'x-ms-sgx-is-debuggable': false, list: ['a', 'b'], object: { member: 'text' } }),
  incomingClaims: () => ({ $svn: 5 }),
};

function evaluateUnder(policy: ProviderPolicy | undefined): PolicyVerdict {
  const request = { evidence: new Uint8Array(), runtimeData: { bytes: Buffer.from('held') } };
  const policyOf = () => (policy === undefined ? undefined : { policy });
  return evaluate(type, undefined, request, policyFor(type.name, {}, { policyOf }), false);
}

function codeOf(policy: ProviderPolicy | undefined): string {
  try {
    evaluateUnder(policy);
  } catch (error) {
    assert.ok(error instanceof RequestRefused);
    assert.deepEqual([error.status, error.wireCode], [400, 'PolicyEvaluationError']);
    return error.refusal.code;
  }
  return 'permitted';
}

test('shows the policy the claims of the appraisal as the service’s and the caller’s data as the caller’s', () => {
  let seen: readonly PolicyClaim[] = [];
  evaluateUnder({
    text: '',
    hash: 'hash',
    minimumTcbEvaluationDataNumber: 0,
    evaluate: (claims) => {
      seen = claims;
      return { authorized: true, issued: [] };
    },
  });
  const ofService = (name: string, value: PolicyClaim['value']) => ({
    type: name,
    value,
    issuer: 'AttestationService',
  });
  assert.deepEqual(seen, [
    ofService('x-ms-attestation-type', 'sgx'),
    ofService('x-ms-sgx-svn', 5n),
    ofService('x-ms-sgx-is-debuggable', false),
    ofService('list', 'a'),
    ofService('list', 'b'),
    ofService('object', '{"member":"text"}'),
    ofService('$svn', 5n),
    { type: 'x-ms-sgx-ehd', value: 'aGVsZA', issuer: 'CustomClaim' },
    { type: '$maa-ehd', value: 'aGVsZA', issuer: 'CustomClaim' },
  ]);
});

const refusing = (code: 'policy-denied' | 'policy-evaluation-failed'): ProviderPolicy => ({
  text: '',
  hash: 'hash',
  minimumTcbEvaluationDataNumber: 0,
  evaluate: () => ({ authorized: false, code, message: 'without values', detail: 'with values' }),
});

test('refuses what the policy does not permit or cannot judge, and a type without a policy', () => {
  assert.equal(codeOf(refusing('policy-denied')), 'policy-denied');
  assert.equal(codeOf(refusing('policy-evaluation-failed')), 'policy-evaluation-failed');
  assert.equal(codeOf(undefined), 'policy-missing');
});

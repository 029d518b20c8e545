/** Policies as the service applies them: from a text to decisions, or to a refusal that says how to mend it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryObjects } from 'node:v8';
import { type ClaimValue, compilePolicy, defaultPolicies } from '@atesto/policy';
import { attestationTypes } from '../attest/types/registry.ts';
import { refusalOfError } from '../http/refusal-of.ts';
import type { PolicyClaim } from './policy.ts';
import { policyOfText } from './policy-of-text.ts';

const claim = (type: string, value: ClaimValue): PolicyClaim => ({ type, value, issuer: 'AttestationService' });
const sgx = [
  claim('x-ms-attestation-type', 'sgx'),
  claim('x-ms-sgx-is-debuggable', false),
  claim('x-ms-sgx-product-id', 7n),
  claim('x-ms-sgx-report-data', '00'),
];

function refusalOf(text: string, type = 'SgxEnclave'): [number, string, string, string] {
  try {
    policyOfText(text, type);
  } catch (error) {
    const refused = refusalOfError(error) ?? assert.fail(String(error));
    return [refused.status, refused.wireCode, refused.refusal.code, refused.refusal.why];
  }
  throw new Error('the policy was accepted');
}

const configured = (value: string): string =>
  `version=1.1; configurationrules { => issueproperty(type="x-ms-sgx-tcbidentifier", value=${value}); }; authorizationrules { => permit(); };`;

test('the default policy of enclaves issues the old names from the claims of the appraisal', () => {
  const decision = policyOfText(defaultPolicies.SgxEnclave ?? '', 'SgxEnclave').evaluate(sgx);
  assert.ok(decision.authorized);
  assert.deepEqual(Object.fromEntries(decision.issued), { 'is-debuggable': false, 'product-id': 7n, tee: 'sgx' });
});

test('the hash of the permitting policy is the one that Azure Attestation publishes', () => {
  const { hash } = policyOfText(defaultPolicies.SevSnpVm ?? '', 'SevSnpVm');
  assert.equal(hash, '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco');
});

test('every attestation type has a default policy that permits', () => {
  for (const { name } of attestationTypes) {
    const text = Object.entries(defaultPolicies).find(([type]) => type === name)?.[1];
    assert.ok(policyOfText(text ?? '', name).evaluate(sgx).authorized, name);
  }
});

test('nothing is kept of a text but by whoever has its policy', () => {
  const text = defaultPolicies.SevSnpVm ?? '';
  const compiled = compilePolicy(text);
  assert.ok(compiled.ok);
  const { constructor: kind } = compiled.value;
  const kept = (): number => queryObjects(kind, { format: 'count' });
  const before = kept();
  const held = policyOfText(text, 'SevSnpVm');
  for (let index = 0; index < 6; index++) policyOfText(`${text} // ${index}`, 'TdxVm');
  assert.equal(kept() - before, 1);
  assert.ok(held.evaluate([]).authorized);
});

test('several values of one claim type are issued as a list', () => {
  const text = `version=1.0; authorizationrules { => permit(); };
    issuancerules { c:[type=="role"] => issue(type="roles", value=c.value); };`;
  const decision = policyOfText(text, 'SgxEnclave').evaluate([
    claim('role', 'a'),
    claim('role', 'b'),
    claim('role', 'a'),
  ]);
  assert.deepEqual(decision, { authorized: true, issued: [['roles', ['a', 'b']]] });
});

test('refuses a text that does not compile, with the place and the mend of its first errors and the number of the others', () => {
  const rule = (line: number) => `line ${line}, column 4: There is no action premit. Did you mean permit?`;
  assert.deepEqual(refusalOf(`version=1.0; authorizationrules {\n${'=> premit();\n'.repeat(5)}};`), [
    400,
    'PolicyParsingError',
    'policy-invalid',
    `${rule(2)} ${rule(3)} ${rule(4)} And 2 more.`,
  ]);
});

test('tells which rule kept a request out, values apart', () => {
  const text = `version=1.0;
authorizationrules {
  [type=="x-ms-sgx-product-id", value==8] => permit();
};`;
  assert.deepEqual(policyOfText(text, 'SgxEnclave').evaluate(sgx), {
    authorized: false,
    code: 'policy-denied',
    message: 'No rule permitted. The rule in line 3 asks for x-ms-sgx-product-id with another value (line 3).',
    detail: 'No rule permitted. The rule in line 3 needs x-ms-sgx-product-id with value == 8, and it is 7.',
    failedClaims: [{ type: 'x-ms-sgx-product-id', value: '7' }],
  });
});

test('tells of the claims that decided what they were in the request, and nothing that the policy made', () => {
  const failed = (rules: string, more: readonly PolicyClaim[] = []) => {
    const policy = policyOfText(`version=1.2;authorizationrules{${rules}};`, 'SgxEnclave');
    const decision = policy.evaluate([...sgx, ...more]);
    return decision.authorized ? assert.fail() : decision.failedClaims;
  };
  assert.deepEqual(failed('=> permit(); c:[type=="x-ms-sgx-product-id", value==7] => deny();'), [
    { type: 'x-ms-sgx-product-id', value: '7' },
  ]);
  assert.deepEqual(failed('[type=="absent"] => permit();'), [{ type: 'absent' }]);
  assert.deepEqual(failed('=> add(type="made", value="secret"); [type=="made", value=="other"] => permit();'), [
    { type: 'made' },
  ]);
  assert.deepEqual(
    failed('[type=="x-ms-sgx-product-id", value==8] => add(type="good", value=true); [type=="good"] => permit();'),
    [{ type: 'x-ms-sgx-product-id', value: '7' }],
  );
  const long = { type: 'long', value: 'x'.repeat(1000), issuer: 'CustomClaim' } as const;
  assert.deepEqual(failed('[type=="long", value=="y"] => permit();', [long]), [
    { type: 'long', value: `${'x'.repeat(256)}…` },
  ]);
  assert.deepEqual(failed('=> deny();'), []);
});

test('tells which rule cannot be evaluated', () => {
  const text = `version=1.2; authorizationrules { => permit(); };
issuancerules { c:[type=="x-ms-sgx-report-data"] => issue(type="t", value=NegateBool(c.value)); };`;
  const decision = policyOfText(text, 'SgxEnclave').evaluate(sgx);
  assert.ok(!decision.authorized);
  assert.equal(decision.code, 'policy-evaluation-failed');
  assert.match(decision.message, /not-one-value, line 2, column 17/);
});

test('reads the TCB baseline that a policy asks for', () => {
  const least = (value: string, type = 'SgxEnclave') =>
    policyOfText(configured(value), type).minimumTcbEvaluationDataNumber;
  assert.deepEqual(
    [least('"azuredefault"'), least('"11"'), least('"17"', 'TdxVm'), least('"x"', 'SevSnpVm')],
    [0, 11, 17, 0],
  );
});

test('refuses a TCB baseline that the service does not have', () => {
  for (const value of ['"mine"', '"0"', '"011"', '"1000000000"', '"AzureDefault"']) {
    assert.deepEqual(refusalOf(configured(value)), [
      400,
      'PolicyParsingError',
      'policy-baseline-unknown',
      'x-ms-sgx-tcbidentifier must be azuredefault or a TCB evaluation data number such as 17',
    ]);
  }
});

test('refuses a configuration that contradicts itself', () => {
  const twice = configured('"11"').replace('};', '=> issueproperty(type="x-ms-sgx-tcbidentifier", value="12"); };');
  const [, , code, why] = refusalOf(twice);
  assert.deepEqual([code, why.includes('x-ms-sgx-tcbidentifier gets two different values')], ['policy-invalid', true]);
});

test('configuration rules see the attestation type and nothing of the evidence', () => {
  const when = (condition: string): number =>
    policyOfText(configured('"11"').replace('{ =>', `{ ${condition} =>`), 'SgxEnclave').minimumTcbEvaluationDataNumber;
  assert.equal(when('[type=="x-ms-attestation-type", value=="sgx"]'), 11);
  assert.equal(when('[type=="x-ms-sgx-is-debuggable"]'), 0);
});

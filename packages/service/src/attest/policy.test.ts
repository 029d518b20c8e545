/** Policies over HTTPS: what is refused and in which words, what drafts do, what a policy may put into a token. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stateDirectory } from '@atesto/store/testing';
import { bearer, identity } from '../__fixtures__/callers.ts';
import { claimsOf, quoteOf, refusalOf, serveEnclaves } from '../__fixtures__/enclave.ts';
import type { Answer } from '../__fixtures__/service.ts';

const strict = `version=1.0;
authorizationrules {
  [type=="x-ms-sgx-mrsigner", value=="secret-signer"] => permit();
};`;
const permit = 'version=1.0;authorizationrules{=> permit();};';
const path = join(stateDirectory(), 'strict.txt');
writeFileSync(path, strict);
const service = await serveEnclaves({ identity, provider: { policies: { OpenEnclave: path, SgxEnclave: path } } });
const quote = quoteOf({ body: { isvProdId: 7 } });

function attestUnder(draft: string): Promise<Answer> {
  return service.attest('SgxEnclave', { quote, draftPolicyForAttestation: draft });
}

const issuing = (rules: string): string =>
  `version=1.2; authorizationrules { => permit(); }; issuancerules { ${rules} };`;

function messageOf(answer: Answer): string {
  return JSON.parse(answer.text).error.message;
}

test('a configured policy takes the place of the default one, and its refusal names rule and test but no value', async () => {
  const answer = await service.attest('SgxEnclave', { quote });
  assert.deepEqual(refusalOf(answer), [400, 'PolicyEvaluationError', 'policy-denied']);
  const wanted =
    'policy: No rule permitted. The rule in line 3 asks for x-ms-sgx-mrsigner with another value (line 3).';
  assert.equal(messageOf(answer), wanted);
});

test('tells the claim for which the policy refused, and what it was, as newer versions of Azure Attestation do', async () => {
  const answer = await service.attest('SgxEnclave', { quote }, { version: '2026-03-11-preview' });
  const { code, innererror } = JSON.parse(answer.text).error;
  const mrSigner = claimsOf(await service.attest('SgxEnclave', { quote, draftPolicyForAttestation: permit }));
  assert.equal(code, 'PolicyEvaluationError');
  assert.deepEqual(innererror, {
    code: 'policy-denied',
    details: [{ code: 'PolicyFailureClaim', target: 'x-ms-sgx-mrsigner', value: mrSigner['x-ms-sgx-mrsigner'] }],
  });
});

test('shows values to callers who may read the policy, and to them alone', async () => {
  const told = async (headers: Record<string, string>) =>
    messageOf(await service.attest('SgxEnclave', { quote }, { headers }));
  assert.match(
    await told(await bearer('rita', 'default-readers')),
    /value == "secret-signer", and it is "[0-9a-f]{64}"/,
  );
  assert.doesNotMatch(await told(await bearer('nobody')), /secret-signer/);
});

test('shows values of a draft to its sender', async () => {
  const answer = await attestUnder(strict);
  assert.deepEqual(refusalOf(answer), [400, 'PolicyEvaluationError', 'policy-denied']);
  assert.match(messageOf(answer), /value == "secret-signer"/);
});

test('evaluates a draft over the claims of the appraisal, old names among them', async () => {
  const draft = `version=1.0; authorizationrules { [type=="$product-id", value==7] && [type=="$tee", value=="sgx"] => permit(); };
    issuancerules { c:[type=="x-ms-sgx-product-id"] => issue(type="product", value=c.value); };`;
  assert.equal(claimsOf(await attestUnder(draft)).product, 7);
});

test('refuses a draft that does not compile, with every place', async () => {
  const answer = await attestUnder('version=1.0;\nauthorizationrules { => permit();\n=> premit(); };');
  assert.deepEqual(refusalOf(answer), [400, 'PolicyParsingError', 'policy-invalid']);
  assert.equal(messageOf(answer), 'policy: line 3, column 4: There is no action premit. Did you mean permit?');
});

test('refuses a policy whose evaluation fails', async () => {
  const answer = await attestUnder(
    issuing('c:[type=="x-ms-sgx-mrsigner"] => issue(type="t", value=JsonToClaimValue(c.value));'),
  );
  assert.deepEqual(refusalOf(answer), [400, 'PolicyEvaluationError', 'policy-evaluation-failed']);
});

test('a policy may restate what the service found and may not contradict it, reserve a name or speak for the service', async () => {
  const restated = 'c:[type=="x-ms-sgx-product-id"] => issue(claim=c);';
  assert.equal(claimsOf(await attestUnder(issuing(restated)))['x-ms-sgx-product-id'], 7);
  const contradicted = '=> issue(type="x-ms-sgx-product-id", value=8);';
  assert.equal(refusalOf(await attestUnder(issuing(contradicted)))[2], 'policy-evaluation-failed');
  const reserved = '=> issue(type="Iss", value="https://other.example.org");';
  assert.equal(refusalOf(await attestUnder(issuing(reserved)))[2], 'policy-invalid');
  for (const name of ['x-atesto-development-root', 'X-MS-SGX-Product-Id', 'maa-attestationcollateral']) {
    const [status, wireCode, code] = refusalOf(await attestUnder(issuing(`=> issue(type="${name}", value=false);`)));
    assert.deepEqual([status, wireCode], [400, 'PolicyEvaluationError'], code);
  }
});

test('the TCB baseline that a policy names is enforced before the policy is evaluated', async () => {
  const draft = (least: number): string =>
    `version=1.1; configurationrules { => issueproperty(type="x-ms-sgx-tcbidentifier", value="${least}"); };
     authorizationrules { => permit(); };`;
  assert.equal((await attestUnder(draft(1))).status, 200);
  assert.equal(refusalOf(await attestUnder(draft(999_999)))[2], 'baseline-evaluation-number');
  assert.equal(refusalOf(await attestUnder(draft(1).replace('"1"', '"mine"')))[2], 'policy-baseline-unknown');
});

test('a hostile draft ends within the budget and is refused', async () => {
  const doubling = `@${'|[@,@]'.repeat(40)}`;
  const rules = `c:[type=="x-ms-attestation-type"] => issue(type="t", value=JmesPath("[1]", "${doubling}"));`;
  assert.deepEqual(refusalOf(await attestUnder(issuing(rules))), [
    400,
    'PolicyEvaluationError',
    'policy-evaluation-failed',
  ]);
});

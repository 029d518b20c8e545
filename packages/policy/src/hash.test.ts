/** Policy hashes equal the one that Azure Attestation publishes (policy language, section 13); default policies compile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attestationTypes, compilePolicy, defaultPolicies, evaluatePolicy, issuedValue, policyHash } from './index.ts';

test('hashes the base64url text of the policy, not the policy', () => {
  assert.equal(
    policyHash('version= 1.0;authorizationrules{=> permit();};'),
    '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco',
  );
});

test('hashes the text as received: a mark, a line end or a space makes a difference', () => {
  const text = 'version= 1.0;authorizationrules{=> permit();};';
  const hashes = [text, `${text}\n`, `${text}\r\n`, `\uFEFF${text}`, ` ${text}`].map(policyHash);
  assert.equal(new Set(hashes).size, 5);
});

test('the default policies compile without a diagnostic in strict mode', () => {
  for (const attestationType of attestationTypes) {
    const text = defaultPolicies[attestationType];
    if (text === undefined) continue;
    const outcome = compilePolicy(text, { strict: true, attestationType });
    assert.deepEqual([outcome.ok, outcome.warnings, outcome.notes], [true, [], []], attestationType);
  }
});

test('there is no default policy for TPMs and VBS enclaves', () => {
  assert.deepEqual(Object.keys(defaultPolicies).sort(), [
    'AzureGuest',
    'OpenEnclave',
    'SevSnpVm',
    'SgxEnclave',
    'TdxVm',
  ]);
});

test('the default policy of enclaves is the text that Azure Attestation shows, to the byte', () => {
  const text =
    'version= 1.1;configurationrules{=> issueproperty(type="x-ms-sgx-tcbidentifier", value="azuredefault");};' +
    'authorizationrules{=> permit();};issuancerules{' +
    'c:[type=="x-ms-sgx-is-debuggable"] => issue(type="is-debuggable", value=c.value);' +
    'c:[type=="x-ms-sgx-mrsigner"] => issue(type="sgx-mrsigner", value=c.value);' +
    'c:[type=="x-ms-sgx-mrenclave"] => issue(type="sgx-mrenclave", value=c.value);' +
    'c:[type=="x-ms-sgx-product-id"] => issue(type="product-id", value=c.value);' +
    'c:[type=="x-ms-sgx-svn"] => issue(type="svn", value=c.value);' +
    'c:[type=="x-ms-attestation-type"] => issue(type="tee", value=c.value);};';
  assert.equal(defaultPolicies.SgxEnclave, text);
  assert.equal(defaultPolicies.OpenEnclave, text);
});

test('the default policy of enclaves issues the older names', () => {
  const outcome = compilePolicy(defaultPolicies.SgxEnclave ?? '');
  assert.ok(outcome.ok);
  const issuer = 'AttestationService';
  const verdict = evaluatePolicy(outcome.value, [
    { type: 'x-ms-attestation-type', value: 'sgx', issuer },
    { type: 'x-ms-sgx-is-debuggable', value: false, issuer },
    { type: 'x-ms-sgx-mrsigner', value: 'aa', issuer },
    { type: 'x-ms-sgx-mrenclave', value: 'bb', issuer },
    { type: 'x-ms-sgx-product-id', value: 1n, issuer },
    { type: 'x-ms-sgx-svn', value: 2n, issuer },
  ]);
  assert.equal(verdict.decision, 'permitted');
  assert.deepEqual(Object.fromEntries(verdict.outgoing.map((issued) => [issued.type, issuedValue(issued)])), {
    'is-debuggable': false,
    'sgx-mrsigner': 'aa',
    'sgx-mrenclave': 'bb',
    'product-id': 1n,
    svn: 2n,
    tee: 'sgx',
  });
  assert.deepEqual(verdict.configuration, new Map([['x-ms-sgx-tcbidentifier', 'azuredefault']]));
});

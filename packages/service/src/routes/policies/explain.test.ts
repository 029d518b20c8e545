/** `POST /policies/{type}:explain`: what a policy makes of evidence or claims, for readers alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bearer, identity } from '../../__fixtures__/callers.ts';
import { quoteOf, refusalOf, serveEnclaves } from '../../__fixtures__/enclave.ts';
import type { Answer } from '../../__fixtures__/service.ts';

const service = await serveEnclaves({ identity });
const reader = await bearer('rita', 'default-readers');
const quote = quoteOf({ body: { isvProdId: 7 } });
const policy = `version=1.2;
authorizationrules {
  [type=="x-ms-sgx-product-id", value>=8] => permit();
};`;
const claims = [
  { type: 'x-ms-attestation-type', value: 'sgx', issuer: 'AttestationService' },
  { type: 'x-ms-sgx-product-id', value: 9, issuer: 'AttestationService' },
];

function explain(
  body: unknown,
  { type = 'SgxEnclave', headers = reader }: { type?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return service.call(`/policies/${type}:explain`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function reportOf(body: unknown, type?: string) {
  const answer = await explain(body, type === undefined ? {} : { type });
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text);
}

test('appraises evidence and tells claims, decision, explanation and trace', async () => {
  const report = await reportOf({ policy, quote });
  assert.equal(report.parse, 'ok');
  assert.equal(report.authorized, false);
  assert.equal(
    report.explanation.detail,
    'No rule permitted. The rule in line 3 needs x-ms-sgx-product-id with value >= 8, and it is 7.',
  );
  const issuer = 'AttestationService';
  assert.deepEqual(report.claims.slice(0, 3), [
    { type: 'x-ms-attestation-type', value: 'sgx', issuer },
    { type: 'x-ms-sgx-is-debuggable', value: false, issuer },
    { type: 'x-ms-sgx-product-id', value: 7, issuer },
  ]);
  assert.deepEqual(
    report.trace.map(({ line, action, effect }: Record<string, unknown>) => [line, action, effect]),
    [[3, 'permit', 'skipped']],
  );
});

test('takes claims in place of evidence, with exact integers', async () => {
  const report = await reportOf({ policy, claims });
  assert.deepEqual([report.authorized, report.claims], [true, claims]);
  const large = `{"policy":${JSON.stringify(policy)},"claims":[{"type":"x-ms-sgx-product-id","value":9223372036854775807}]}`;
  const answer = await explain(large);
  assert.match(answer.text, /"value": 9223372036854775807/);
});

test('explains the policy in force when none is sent', async () => {
  const report = await reportOf({ quote });
  assert.deepEqual([report.authorized, report.outgoing['product-id']], [true, 7]);
  assert.deepEqual(report.configuration, { 'x-ms-sgx-tcbidentifier': 'azuredefault' });
});

test('reports the errors of a policy that does not compile, as text or in a JWS', async () => {
  const payload = JSON.stringify({ AttestationPolicy: Buffer.from('version=1.0; => permit();').toString('base64url') });
  const jws = `eyJhbGciOiJub25lIn0.${Buffer.from(payload).toString('base64url')}.`;
  for (const sent of ['version=1.0; => permit();', jws]) {
    const { parse, errors, claims: seen } = await reportOf({ policy: sent, quote });
    assert.deepEqual([parse, errors[0].code, seen.length > 10], ['error', 'unexpected-token', true]);
  }
});

test('explains policies of types whose evidence is not appraised, over claims', async () => {
  assert.equal((await reportOf({ policy, claims }, 'tpm')).authorized, true);
  assert.deepEqual(refusalOf(await explain({ policy }, { type: 'Tpm' })), [400, 'InvalidParameter', 'member-missing']);
  assert.deepEqual(refusalOf(await explain({ claims }, { type: 'Tpm' })), [
    400,
    'PolicyEvaluationError',
    'policy-missing',
  ]);
});

test('refuses callers who are not readers of the provider', async () => {
  const nobody = await explain({ policy, claims }, { headers: await bearer('nobody') });
  assert.deepEqual(refusalOf(nobody), [401, 'Unauthorized', 'role-missing']);
  assert.deepEqual(refusalOf(await explain({ policy, claims }, { headers: {} })), [
    401,
    'Unauthorized',
    'access-token-missing',
  ]);
});

test('refuses what is no explanation to be had', async () => {
  const codeOf = async (body: unknown, type?: string) =>
    refusalOf(await explain(body, type === undefined ? {} : { type }))[2];
  assert.equal(await codeOf({ policy, claims }, 'Sgx'), 'attestation-type-unknown');
  assert.equal(await codeOf(''), 'body-empty');
  assert.equal(await codeOf('[]'), 'body-not-json');
  assert.equal(await codeOf({ policy: 1, claims }), 'member-invalid');
  assert.equal(await codeOf({ policy, claims: {} }), 'invalid-claim');
  assert.equal(await codeOf({ policy }), 'member-missing');
  assert.equal(await codeOf({ policy, quote: 'AAAA' }), 'quote-version');
});

/** The policy commands take policies as services answer them, and claims as lists, objects and tokens. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { policyJws } from '@atesto/client/admin';
import { createTestAttestation } from '@atesto/testing';
import { runCli } from '../__fixtures__/cli.ts';
import { temporaryFile } from '../__fixtures__/directory.ts';

const text = 'version=1.2;\nauthorizationrules {\n  [type=="x-ms-sgx-product-id", value==7] => permit();\n};\n';
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object, signature = ''): string => `${part({ alg: 'RS256' })}.${part(claims)}.${signature}`;
const unsecured = policyJws(text);
const [, payload] = unsecured.split('.');
const signed = `${part({ alg: 'ES256' })}.${payload}.c2lnbmF0dXJl`;

const forms: Readonly<Record<string, (jws: string) => string>> = {
  'as a JWS': (jws) => jws,
  'in the token that answers it': (jws) => jwt({ 'x-ms-policy': jws }, 'c2ln'),
  'in an unsecured token': (jws) => jwt({ 'x-ms-policy': jws }),
  'in the token in JSON, as GET /policies answers': (jws) =>
    JSON.stringify({ token: jwt({ 'x-ms-policy': jws }) }, null, 2),
  'in the token as a JSON text': (jws) => JSON.stringify(jwt({ 'x-ms-policy': jws })),
};

for (const [form, write] of Object.entries(forms)) {
  for (const [what, jws] of Object.entries({ unsecured, signed })) {
    test(`policy check, format and inspect take an ${what} policy ${form}`, async () => {
      const file = temporaryFile('policy', write(jws));
      const plain = temporaryFile('policy.txt', text);
      const [checked, expected] = [await runCli(['policy', 'check', file]), await runCli(['policy', 'check', plain])];
      assert.deepEqual([checked.exitCode, checked], [0, expected]);
      assert.equal(
        (await runCli(['policy', 'format', file])).stdout,
        (await runCli(['policy', 'format', plain])).stdout,
      );
      if (form.endsWith('JSON text')) return;
      const inspected = JSON.parse((await runCli(['inspect', file, '--json'])).stdout);
      const hash = expected.stdout.match(/hash (\S+)/)?.[1];
      assert.deepEqual(inspected, { kind: 'policy', isSigned: what === 'signed', hash, text });
    });
  }
}

test('an answer without a policy is a wrong call; inspect shows that there is none', async () => {
  const file = temporaryFile('none.json', JSON.stringify({ token: jwt({ 'x-ms-policy': 'eyJhbGciOiJub25lIn0..' }) }));
  const { exitCode, stderr } = await runCli(['policy', 'check', file]);
  assert.deepEqual([exitCode, stderr], [2, `atesto: the policy ${file}: none is set where this answer comes from\n`]);
  assert.deepEqual(JSON.parse((await runCli(['inspect', file, '--json'])).stdout), { kind: 'policy', text: null });
});

test('a token about something else is a wrong call', async () => {
  const { exitCode, stderr } = await runCli(['policy', 'check', temporaryFile('t', jwt({ sub: 'x' }))]);
  assert.deepEqual([exitCode, stderr.split('\n')[0]], [2, 'atesto: the JWS holds no policy']);
});

describe('claims', () => {
  const issuer = 'https://attest.example.org';
  const attestation = createTestAttestation({ issuer });
  const policy = temporaryFile('policy.txt', text);
  const decide = async (claims: string, rule?: string): Promise<number> => {
    const file =
      rule === undefined ? policy : temporaryFile('p', `version=1.2; authorizationrules { ${rule} => permit(); };`);
    const args = ['--claims', temporaryFile('claims', claims)];
    const [evaluated, explained] = [
      await runCli(['policy', 'eval', file, ...args]),
      await runCli(['policy', 'explain', file, ...args]),
    ];
    assert.equal(evaluated.exitCode, explained.exitCode);
    return evaluated.exitCode;
  };
  const token = (productId: number): string =>
    attestation.token({
      sgx: { productId },
      claims: { 'product-id': productId, 'is-debuggable': false },
      runtimeData: { bytes: Buffer.from('data') },
    });

  test('are a list, with their issuers', async () => {
    const list = (value: number): string => JSON.stringify([{ type: 'x-ms-sgx-product-id', value }]);
    assert.deepEqual([await decide(list(7)), await decide(list(8))], [0, 1]);
  });

  test('are an object of what the service states', async () => {
    assert.equal(await decide('{"x-ms-sgx-product-id": 7}'), 0);
    assert.equal(await decide('{"x-ms-sgx-product-id": 8}'), 1);
    const rule = '[type=="a", value=="y", issuer=="AttestationService"]';
    assert.equal(await decide('{"a": ["x", "y"]}', rule), 0);
  });

  test('are those of an attestation token, bare and as a service answers it', async () => {
    assert.deepEqual([await decide(token(7)), await decide(token(8))], [0, 1]);
    assert.equal(await decide(JSON.stringify({ token: token(7) })), 0);
  });

  for (const [what, rule, code] of [
    ['the attestation type', '[type=="x-ms-attestation-type", value=="sgx"]', 0],
    ['names of old policies', '[type=="$product-id", value==7] && [type=="$is-debuggable", value==false]', 0],
    ['runtime data of the client', '[type=="x-ms-sgx-ehd", value=="ZGF0YQ", issuer=="CustomClaim"]', 0],
    ['no names that the token alone has', '[type=="product-id"]', 1],
    ['no issuer', '[type=="iss"]', 1],
    ['no hash of the policy that was in force', '[type=="x-ms-policy-hash"]', 1],
  ] as const) {
    test(`of a token: ${what}`, async () => assert.equal(await decide(token(7), rule), code));
  }

  test('that are none are a wrong call with the forms that count', async () => {
    for (const claims of ['{"type":"a","value":1}', '7', 'nothing', `${part({ alg: 'none' })}.bm90aGluZw.`]) {
      const args = ['policy', 'eval', policy, '--claims', temporaryFile('claims', claims)];
      const { exitCode, stderr } = await runCli(args);
      assert.equal(exitCode, 2, claims);
      assert.match(stderr, /^atesto: the claims .+\nhint: Write \{/, claims);
    }
  });
});

test('token inspect and token verify take a token as a service answers it', async () => {
  const attestation = createTestAttestation({ issuer: 'https://attest.example.org' });
  const file = temporaryFile('answer.json', JSON.stringify({ token: attestation.token({ sgx: {} }) }));
  const keys = temporaryFile('keys.json', JSON.stringify(attestation.keySet));
  assert.equal((await runCli(['token', 'inspect', file])).exitCode, 0);
  const options = ['--issuer', 'https://attest.example.org', '--keys', keys, '--accept-any'];
  assert.equal((await runCli(['token', 'verify', file, ...options])).exitCode, 0);
  assert.equal(JSON.parse((await runCli(['inspect', file, '--json'])).stdout).kind, 'token');
});

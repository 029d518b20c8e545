import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { auditUnavailable, seenAudit } from '@atesto/store/testing';
import { reportDataOf } from '@atesto/testing/sgx';
import { decodeProtectedHeader } from 'jose';
import { base64url, claimsOf, platform, quoteOf, refusalOf, serveEnclaves } from '../__fixtures__/enclave.ts';

const audit = seenAudit();
const service = await serveEnclaves({ signing: {} }, { audit });
const quote = quoteOf();
const data = Buffer.from('held by the enclave');
const bound = quoteOf({ body: { reportData: reportDataOf(data) } });
const runtimeData = { data: base64url(data), dataType: 'Binary' };

test('answers a genuine quote with a token that its published key verifies', async () => {
  const before = Math.floor(Date.now() / 1000);
  const answer = await service.attest('SgxEnclave', { quote });
  const { token } = JSON.parse(answer.text);
  assert.deepEqual(Object.keys(JSON.parse(answer.text)), ['token']);
  const [key] = JSON.parse((await service.call('/certs')).text).keys;
  assert.deepEqual(decodeProtectedHeader(token), {
    alg: 'RS256',
    kid: key.kid,
    jku: `${service.url}/certs`,
    typ: 'JWT',
  });
  const [header, payload, signature] = token.split('.');
  const certificate = new X509Certificate(Buffer.from(key.x5c[0], 'base64'));
  assert.equal(certificate.subject, `CN=${service.url}`);
  const isSigned = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    certificate.publicKey,
    Buffer.from(signature, 'base64url'),
  );
  assert.ok(isSigned && createPublicKey({ key, format: 'jwk' }).equals(certificate.publicKey));
  const { iat, nbf, exp, jti, ...claims } = claimsOf(answer);
  assert.ok(Number(iat) >= before && Number(iat) <= Date.now() / 1000);
  assert.deepEqual([nbf, exp], [iat, Number(iat) + 28_800]);
  assert.match(String(jti), /^[0-9a-f]{64}$/);
  assert.equal(claims.iss, service.url);
  assert.equal(claims['x-ms-attestation-type'], 'sgx');
  assert.equal(claims.tee, 'sgx');
});

test('says in a claim that a development root vouches for the evidence', async () => {
  assert.equal(claimsOf(await service.attest('SgxEnclave', { quote }))['x-atesto-development-root'], true);
});

test('takes every api-version, and member and type names in any case', async () => {
  for (const version of ['2020-10-01', '2022-08-01', '2022-09-01-preview', '2025-06-01']) {
    assert.equal((await service.attest('SgxEnclave', { quote }, { version })).status, 200, version);
  }
  for (const path of ['sgxenclave', 'SGXENCLAVE', 'Tee/SgxEnclave', 'tee/sgxenclave']) {
    assert.equal((await service.attest(path, { Quote: quote })).status, 200, path);
  }
  const held = claimsOf(await service.attest('SgxEnclave', { QUOTE: bound, EnclaveHeldData: base64url(data) }));
  assert.equal(held['x-ms-sgx-ehd'], base64url(data));
});

test('takes base64url and base64, padded or not, and white space around', async () => {
  const bytes = platform.quote();
  const plain = Buffer.from(bytes).toString('base64');
  for (const text of [plain, ` ${plain}\n`, plain.replaceAll('+', '-').replaceAll('/', '_')]) {
    assert.equal((await service.attest('SgxEnclave', { quote: text })).status, 200);
  }
});

test('puts bound runtime data into the token: binary as text, JSON as an object with exact integers', async () => {
  const binary = claimsOf(await service.attest('SgxEnclave', { quote: bound, runtimeData }));
  assert.equal(binary['x-ms-sgx-ehd'], base64url(data));
  const json = '{"keys":[{"kid":"k"}],"counter":18446744073709551615,"text":"grün"}';
  const evidence = quoteOf({ body: { reportData: reportDataOf(Buffer.from(json)) } });
  const answer = await service.attest('SgxEnclave', {
    quote: evidence,
    runtimeData: { data: base64url(json), dataType: 'json' },
  });
  assert.equal(answer.status, 200, answer.text);
  const payload = Buffer.from(JSON.parse(answer.text).token.split('.')[1], 'base64url').toString();
  assert.ok(payload.includes(`"x-ms-runtime":${json}`));
});

test('puts bound init-time data into the token', async () => {
  const body = { attributes: '8500000000000000e700000000000000', configId: reportDataOf(data) };
  const answer = await service.attest('SgxEnclave', { quote: quoteOf({ body }), initTimeData: runtimeData });
  assert.equal(claimsOf(answer)['x-ms-inittime'], base64url(data));
});

test('copies a nonce exactly: texts, and integers up to 2^64-1', async () => {
  for (const nonce of ['"a nonce"', '""', '0', '9007199254740993', '18446744073709551615']) {
    const answer = await service.attest('SgxEnclave', `{"quote":"${quote}","nonce":${nonce}}`);
    assert.equal(answer.status, 200, answer.text);
    const payload = Buffer.from(JSON.parse(answer.text).token.split('.')[1], 'base64url').toString();
    assert.ok(payload.includes(`"nonce":${nonce},`), nonce);
  }
});

test('counts null members and empty data of an empty type as absent', async () => {
  const empty = { data: '', dataType: '' };
  const answer = await service.attest('SgxEnclave', {
    quote,
    runtimeData: empty,
    initTimeData: empty,
    nonce: null,
    draftPolicyForAttestation: '',
    other: 1,
  });
  const claims = claimsOf(answer);
  for (const name of ['x-ms-sgx-ehd', 'x-ms-runtime', 'x-ms-inittime', 'nonce']) assert.ok(!(name in claims), name);
});

test('attests OpenEnclave reports and evidence', async () => {
  const body = { reportData: reportDataOf(data) };
  const report = base64url(platform.openEnclaveReport({ body }));
  assert.equal(claimsOf(await service.attest('OpenEnclave', { report, runtimeData }))['x-ms-sgx-ehd'], base64url(data));
  assert.equal((await service.attest('openenclave', { Quote: report })).status, 200);
  assert.equal(
    (await service.attest('OpenEnclave', { report: base64url(platform.openEnclaveEvidence()) })).status,
    200,
  );
});

test('refuses the container of the other type', async () => {
  const report = base64url(platform.openEnclaveReport());
  const expected = [400, 'InvalidParameter', 'evidence-container-wrong'];
  assert.deepEqual(refusalOf(await service.attest('SgxEnclave', { quote: report })), expected);
  assert.deepEqual(refusalOf(await service.attest('OpenEnclave', { report: quote })), expected);
});

const permit = 'version= 1.0;authorizationrules{=> permit();};';

test('evaluates a draft policy instead of the configured one and gives an unsecured token that still has its times', async () => {
  const payload = base64url(JSON.stringify({ AttestationPolicy: base64url(permit) }));
  const jws = (alg: string, signature: string): string =>
    `${base64url(JSON.stringify({ alg }))}.${payload}.${signature}`;
  for (const draft of [permit, jws('none', ''), jws('ES256', 'c2lnbmF0dXJl')]) {
    const answer = await service.attest('SgxEnclave', { quote, draftPolicyForAttestation: draft });
    const { iat, nbf, exp, tee, 'x-ms-policy-hash': hash } = claimsOf(answer);
    assert.deepEqual([nbf, exp, tee], [iat, Number(iat) + 28_800, undefined]);
    assert.equal(hash, '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco');
    assert.match(answer.text, /^\{"token":"[^.]+\.[^.]+\."\}$/);
  }
});

test('refuses a draft policy that does not compile, and a JWS without a policy', async () => {
  const jws = (payload: string): string => `${base64url('{"alg":"none"}')}.${base64url(payload)}.`;
  for (const payload of [
    '{}',
    '[]',
    'x',
    '{"AttestationPolicy":5}',
    '{"AttestationPolicy":"ä"}',
    '{"AttestationPolicy":"_w"}',
  ]) {
    const answer = await service.attest('SgxEnclave', { quote, draftPolicyForAttestation: jws(payload) });
    assert.deepEqual(refusalOf(answer), [400, 'PolicyParsingError', 'draft-policy-invalid'], payload);
  }
  const answer = await service.attest('SgxEnclave', { quote, draftPolicyForAttestation: 'version= 1.0;nonsense' });
  assert.deepEqual(refusalOf(answer), [400, 'PolicyParsingError', 'policy-invalid']);
});

test('puts each call down before it is answered: what was delivered, and what was refused for which reason', async () => {
  audit.entries.length = 0;
  const answer = await service.attest('SgxEnclave', { quote });
  const refused = await service.attest('SgxEnclave', { quote: 'AAAA' });
  const { jti, 'x-ms-policy-hash': policyDigest } = claimsOf(answer);
  const sha256 = (evidence: string) => createHash('sha256').update(Buffer.from(evidence, 'base64url')).digest('hex');
  const common = { operation: 'attest', attestationType: 'SgxEnclave', provider: 'default', address: '127.0.0.1' };
  assert.deepEqual(
    audit.entries.map(({ atMs, ...entry }) => entry),
    [
      {
        ...common,
        requestId: answer.headers['x-ms-request-id'],
        verdict: 'allowed',
        evidenceDigest: sha256(quote),
        policyDigest,
        tokenId: jti,
      },
      {
        ...common,
        requestId: refused.headers['x-ms-request-id'],
        verdict: 'refused',
        evidenceDigest: sha256('AAAA'),
        code: refusalOf(refused)[2],
        refusedAt: 'quote+0',
      },
    ],
  );
});

test('delivers no token when that cannot be put down', async () => {
  const broken = await serveEnclaves({}, { audit: seenAudit(auditUnavailable) });
  const answer = await broken.attest('SgxEnclave', { quote });
  assert.deepEqual(refusalOf(answer), [503, 'ServiceUnavailable', 'audit-unavailable']);
  assert.equal(answer.headers['x-ms-error-code'], 'ServiceUnavailable');
  assert.equal(answer.headers['retry-after'], '5');
});

test('refusals of anonymous callers are counted, and do not wait for the record', async () => {
  const broken = await serveEnclaves({}, { audit: seenAudit(auditUnavailable) });
  assert.deepEqual(refusalOf(await broken.attest('SgxEnclave', { quote: 'AAAA' }))[0], 400);
});

test('tells the caller nothing of a fault of the audit record', async () => {
  const broken = await serveEnclaves({}, { audit: seenAudit(() => new Error('secret detail of the database')) });
  const answer = await broken.attest('SgxEnclave', { quote });
  assert.deepEqual(refusalOf(answer), [500, 'InternalError', 'internal-error']);
  assert.ok(!answer.text.includes('secret detail') && !answer.text.includes(' at '));
  assert.ok(broken.logged.join('').includes('secret detail of the database'));
});

test('attests a quote that only names its platform when the endorsements bring its PCK certificate', async () => {
  assert.equal((await service.attest('SgxEnclave', { quote: quoteOf({ certification: { type: 1 } }) })).status, 200);
});

test('refuses with 503 when the endorsements do not arrive in time, or cannot be had, with 400 when there are none', async () => {
  const refusal = { code: 'endorsements-unavailable', where: 'endorsements', why: 'none' } as const;
  const late = await serveEnclaves(
    { limits: { endorsementTimeoutMs: 20 } },
    {
      intelEndorsements: {
        get: (_needed, { signal }) =>
          new Promise((resolve) => signal?.addEventListener('abort', () => resolve({ ok: false, refusal }))),
      },
    },
  );
  assert.deepEqual(refusalOf(await late.attest('SgxEnclave', { quote })), [
    503,
    'ServiceUnavailable',
    'endorsements-timeout',
  ]);
  const none = await serveEnclaves({}, { intelEndorsements: { get: async () => ({ ok: false, refusal }) } });
  assert.deepEqual(refusalOf(await none.attest('SgxEnclave', { quote })), [
    503,
    'ServiceUnavailable',
    'endorsements-unavailable',
  ]);
  const unknown = { code: 'bundle-no-match', where: 'files', why: 'no file is for the platform' } as const;
  const others = await serveEnclaves({}, { intelEndorsements: { get: async () => ({ ok: false, refusal: unknown }) } });
  assert.deepEqual(refusalOf(await others.attest('SgxEnclave', { quote })), [
    400,
    'InvalidParameter',
    'bundle-no-match',
  ]);
});

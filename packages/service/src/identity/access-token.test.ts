import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { developmentCertificate } from '@atesto/development';
import { stateDirectory } from '@atesto/store/testing';
import { startIssuer, type TestIssuer } from '../__fixtures__/openid-issuer.ts';
import { refusalOfError } from '../http/refusal-of.ts';
import { type AccessTokens, bearerToken, type Caller, verifyAccessToken } from './access-token.ts';
import { OpenIdIssuer } from './openid-issuer.ts';

const tls = await developmentCertificate(stateDirectory(), ['127.0.0.1', 'localhost']);
const ca = readFileSync(tls.caFile, 'utf8');
const audiences = ['https://attest.azure.net'];
let issuer: TestIssuer;
let nowMs: number;
let accepted: AccessTokens;
let reasons: string[];

beforeEach(async () => {
  issuer = await startIssuer(tls);
  nowMs = 0;
  reasons = [];
  accepted = accept(ca);
});

function accept(trusted: string | undefined, timeoutMs = 30_000): AccessTokens {
  const onAsked = (failure: string | undefined) => reasons.push(failure ?? 'ok');
  const settings = { issuer: issuer.issuer, audiences, ca: trusted, timeoutMs, onAsked };
  return {
    issuers: [new OpenIdIssuer(settings, () => nowMs)],
    managementAudiences: ['https://management.azure.com'],
    clockSkewSeconds: 10,
  };
}

function verify(token: string): Promise<Caller> {
  return verifyAccessToken(bearerToken(`Bearer ${token}`) ?? '', accepted, 'attestation', new AbortController().signal);
}

async function codeOf(outcome: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof outcome === 'function' ? outcome() : outcome);
  } catch (error) {
    const refused = refusalOfError(error) ?? assert.fail(String(error));
    const { code } = refused.refusal;
    assert.equal(refused.status, code === 'issuer-unreachable' ? 503 : 401);
    return code;
  }
  return 'accepted';
}

const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset;

test('accepts a genuine token for the service and says who calls', async () => {
  for (const typ of ['at+jwt', 'JWT', 'application/at+jwt']) {
    const {
      subject,
      issuer: named,
      claims,
    } = await verify(await issuer.sign({ header: { typ }, claims: { roles: ['r'] } }));
    assert.deepEqual(
      { subject, named, roles: claims.roles },
      { subject: 'client', named: issuer.issuer, roles: ['r'] },
    );
  }
  assert.equal(issuer.asked.length, 2);
});

test('allows the clocks the configured skew and no more', async () => {
  assert.equal(await codeOf(verify(await issuer.sign({ claims: { exp: seconds(-5), nbf: seconds(5) } }))), 'accepted');
  assert.equal(await codeOf(verify(await issuer.sign({ claims: { exp: seconds(-15) } }))), 'access-token-expired');
  assert.equal(await codeOf(verify(await issuer.sign({ claims: { nbf: seconds(15) } }))), 'access-token-not-yet-valid');
});

test('refuses another audience, an unknown issuer, and absent or wrong claims', async () => {
  assert.equal(
    await codeOf(verify(await issuer.sign({ claims: { aud: 'https://vault.azure.net' } }))),
    'access-token-audience-wrong',
  );
  assert.equal(
    await codeOf(verify(await issuer.sign({ claims: { iss: `${issuer.issuer}/` } }))),
    'access-token-issuer-unknown',
  );
  for (const claims of [{ exp: undefined }, { sub: undefined }, { sub: '' }, { sub: 5 }, { sub: ['client'] }]) {
    assert.equal(await codeOf(verify(await issuer.sign({ claims }))), 'access-token-claim-invalid');
  }
});

test('refuses tokens that are not access tokens', async () => {
  for (const typ of ['dpop+jwt', 'logout+jwt', '', undefined]) {
    assert.equal(await codeOf(verify(await issuer.sign({ header: { typ } }))), 'access-token-type-refused');
  }
});

test('refuses alg none and HS256 keyed with the public key', async () => {
  const [, payload = ''] = (await issuer.sign()).split('.');
  const encode = (header: object): string => Buffer.from(JSON.stringify(header)).toString('base64url');
  const unsigned = `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`;
  assert.equal(await codeOf(verify(unsigned)), 'access-token-algorithm-refused');
  const input = `${encode({ alg: 'HS256', typ: 'JWT', kid: 'key-1' })}.${payload}`;
  const published = issuer.answers['/keys']?.body ?? '';
  const confused = `${input}.${createHmac('sha256', published).update(input).digest('base64url')}`;
  assert.equal(await codeOf(verify(confused)), 'access-token-algorithm-refused');
});

test('refuses a token whose payload was changed and one that another key signed', async () => {
  const [header, , signature] = (await issuer.sign()).split('.');
  const [, payload] = (await issuer.sign({ claims: { sub: 'administrator' } })).split('.');
  assert.equal(await codeOf(verify(`${header}.${payload}.${signature}`)), 'access-token-signature-invalid');
  await verify(await issuer.sign());
  await issuer.rotate();
  assert.equal(await codeOf(verify(await issuer.sign({ header: { kid: 'key-1' } }))), 'access-token-signature-invalid');
});

test('refuses a key that travels in the token', async () => {
  const foreign = await startIssuer(tls);
  const jwk = JSON.parse(foreign.answers['/keys']?.body ?? '').keys[0];
  const token = await foreign.sign({ claims: { iss: issuer.issuer }, header: { jwk, jku: `${foreign.issuer}/keys` } });
  assert.equal(await codeOf(verify(token)), 'access-token-signature-invalid');
});

test('asks the issuer again for a key it does not know, at most twice a minute', async () => {
  await verify(await issuer.sign());
  await issuer.rotate();
  const token = await issuer.sign();
  assert.equal(await codeOf(verify(token)), 'access-token-key-unknown');
  assert.equal(issuer.asked.length, 2);
  nowMs += 31_000;
  assert.equal(await codeOf(verify(token)), 'accepted');
  assert.equal(issuer.asked.length, 4);
});

test('passes over keys of the issuer that are weak, or not for verifying', async () => {
  const token = await issuer.sign();
  const published = issuer.answers['/keys']?.body ?? '';
  const [key] = JSON.parse(published).keys;
  for (const change of [{ e: 'AQ' }, { use: 'enc' }, { key_ops: ['encrypt'] }, { alg: 'PS256' }, { kty: 'oct' }]) {
    issuer.answers['/keys'] = { status: 200, body: JSON.stringify({ keys: [{ ...key, ...change }] }) };
    nowMs += 3_600_001;
    assert.equal(await codeOf(verify(token)), 'access-token-key-unknown', JSON.stringify(change));
  }
  issuer.answers['/keys'] = { status: 200, body: published };
  nowMs += 3_600_001;
  assert.equal(await codeOf(verify(token)), 'accepted');
});

test('asks the issuer once for many calls at the same time', async () => {
  const token = await issuer.sign();
  await Promise.all(Array.from({ length: 20 }, () => verify(token)));
  assert.equal(issuer.asked.length, 2);
});

test('refuses with issuer-unreachable, not with 401, when the issuer cannot be asked', async () => {
  const token = await issuer.sign();
  const discovery = '/tenant/v2.0/.well-known/openid-configuration';
  const good = { ...issuer.answers };
  const faults: Record<string, TestIssuer['answers']> = {
    'answered 500': { [discovery]: { status: 500, body: '' } },
    'no complete response within 500 milliseconds': { [discovery]: undefined },
    'did not answer with JSON': { [discovery]: { status: 200, body: '<html>' } },
    malformed: {
      [discovery]: { status: 200, body: JSON.stringify({ issuer: issuer.issuer, jwks_uri: 'http://127.0.0.1/keys' }) },
    },
    'name another issuer': {
      [discovery]: { status: 200, body: JSON.stringify({ issuer: 'https://other', jwks_uri: 'https://other' }) },
    },
    'answered 302': { '/keys': { status: 302, body: '' } },
    'larger than allowed': { '/keys': { status: 200, body: 'x'.repeat(1_100_000) } },
  };
  for (const [reason, fault] of Object.entries(faults)) {
    issuer.answers = { ...good, ...fault };
    accepted = accept(ca, reason.startsWith('no complete') ? 500 : undefined);
    assert.equal(await codeOf(verify(token)), 'issuer-unreachable');
    const said = reasons.pop() ?? '';
    assert.ok(said.includes(reason), said);
  }
  issuer.answers = good;
  nowMs += 5000;
  assert.equal(await codeOf(verify(token)), 'accepted');
});

test('leaves an issuer that could not be asked alone for five seconds, whoever sends tokens, and tells of it once', async () => {
  const token = await issuer.sign();
  const good = { ...issuer.answers };
  issuer.answers = {};
  accepted = accept(ca, 500);
  const refusals = await Promise.all(Array.from({ length: 20 }, () => codeOf(verify(token))));
  assert.deepEqual(new Set(refusals), new Set(['issuer-unreachable']));
  issuer.answers = good;
  nowMs += 4999;
  assert.equal(await codeOf(verify(token)), 'issuer-unreachable');
  assert.deepEqual([issuer.asked.length, reasons.length], [1, 1]);
  nowMs += 1;
  assert.equal(await codeOf(verify(token)), 'accepted');
  assert.deepEqual([issuer.asked.length, reasons.slice(1)], [3, ['ok']]);
});

test('trusts an issuer only under the CA that is configured for it', async () => {
  accepted = accept(undefined);
  assert.equal(await codeOf(verify(await issuer.sign())), 'issuer-unreachable');
});

test('keeps verifying for an hour when the issuer goes away, then refuses', async () => {
  await verify(await issuer.sign());
  issuer.answers = { '/tenant/v2.0/.well-known/openid-configuration': { status: 503, body: '' } };
  const token = await issuer.sign();
  nowMs += 59 * 60_000;
  assert.equal(await codeOf(verify(token)), 'accepted');
  nowMs += 2 * 60_000;
  assert.equal(await codeOf(verify(token)), 'issuer-unreachable');
});

test('refuses a header with extensions, and parts in which a name occurs twice', async () => {
  for (const header of [{ crit: ['b64'], b64: true }, { crit: ['b64'], b64: false }, { b64: false }, { crit: [] }]) {
    const [, payload, signature] = (await issuer.sign()).split('.');
    const protectedHeader = JSON.stringify({ alg: 'RS256', typ: 'at+jwt', kid: 'key-1', ...header });
    const forged = `${Buffer.from(protectedHeader).toString('base64url')}.${payload}.${signature}`;
    assert.equal(await codeOf(verify(forged)), 'access-token-malformed', protectedHeader);
  }
  const [header, payload = '', signature] = (await issuer.sign()).split('.');
  const claims = `${Buffer.from(payload, 'base64url').toString().slice(0, -1)},"sub":"client"}`;
  const twice = `${header}.${Buffer.from(claims).toString('base64url')}.${signature}`;
  assert.equal(await codeOf(verify(twice)), 'access-token-malformed');
});

test('refuses headers that carry no bearer token in JWT form', async () => {
  for (const header of [
    '',
    'Bearer',
    'Bearer ',
    'Basic YTpi',
    'Bearer abc',
    'Bearer a.b',
    'Bearer a.b.c.d',
    'Bearer a b.c.d',
    'Bearer a.b.c, x',
  ]) {
    assert.equal(await codeOf(() => bearerToken(header)), 'access-token-malformed', header);
  }
  for (const token of ['e30.e30.e30', 'x.y.z', `${Buffer.from('{"alg":"RS256"').toString('base64url')}.e30.e30`]) {
    const code = await codeOf(verify(token));
    assert.ok(code === 'access-token-malformed' || code === 'access-token-type-refused', code);
  }
  assert.equal(bearerToken(undefined), undefined);
  assert.equal(bearerToken('bearer a.b.c'), 'a.b.c');
});

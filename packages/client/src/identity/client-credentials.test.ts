/** Client credentials: discovery, the two ways of authentication, caching, and every way in which an OpenID provider can be wrong. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { type Answer, json, startServer, type TestServer } from '../__fixtures__/https-server.ts';
import {
  type ClientCredentials,
  type ClientCredentialsOptions,
  ClientError,
  ConfigurationError,
  createClientCredentials,
} from '../index.ts';

const open: ClientCredentials[] = [];
after(async () => {
  for (const credentials of open) await credentials.close();
});

/** A server whose discovery document is its own; `more` replaces members. */
async function startIssuer(tokens: readonly Answer[], more: Record<string, unknown> = {}): Promise<TestServer> {
  const server = await startServer();
  const document = { issuer: `${server.url}/tenant/v2.0`, token_endpoint: `${server.url}/token`, ...more };
  server.answers = [json(document), ...tokens];
  return server;
}

function credentialsFor(server: TestServer, more: Partial<ClientCredentialsOptions> = {}): ClientCredentials {
  const credentials = createClientCredentials({
    issuer: `${server.url}/tenant/v2.0`,
    clientId: 'client:1',
    clientSecret: 'very secret+',
    ca: server.ca,
    timeoutSeconds: 10,
    ...more,
  });
  open.push(credentials);
  return credentials;
}

const scope = 'https://attest.azure.net/.default';
const tokenOf = async (credentials: ClientCredentials, scopes: string | string[] = scope): Promise<string> =>
  (await credentials.getToken(scopes)).token;

const tokenAnswer = (token: string, expires: unknown = 3600): Answer =>
  json({ access_token: token, token_type: 'Bearer', expires_in: expires });

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof ClientError, String(error));
    assert.doesNotMatch(error.message + error.stack, /very secret/);
    return error.code;
  }
  return 'granted';
}

describe('getting a token', () => {
  test('discovers the endpoint and authenticates in the body where the issuer allows it', async () => {
    const methods = ['client_secret_basic', 'client_secret_post'];
    const server = await startIssuer([tokenAnswer('one')], { token_endpoint_auth_methods_supported: methods });
    assert.equal(await tokenOf(credentialsFor(server)), 'one');
    const [discovery, request] = server.received;
    assert.equal(discovery?.path, '/tenant/v2.0/.well-known/openid-configuration');
    assert.equal(request?.path, '/token');
    assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.deepEqual(Object.fromEntries(new URLSearchParams(request.body)), {
      grant_type: 'client_credentials',
      scope: 'https://attest.azure.net/.default',
      client_id: 'client:1',
      client_secret: 'very secret+',
    });
  });

  test('authenticates in the header when the issuer lists nothing (OpenID Connect Discovery 1.0, section 3)', async () => {
    const server = await startIssuer([tokenAnswer('one')]);
    await tokenOf(credentialsFor(server), ['own', 'openid']);
    const request = server.received[1];
    const basic = Buffer.from(String(request?.headers.authorization).replace('Basic ', ''), 'base64').toString();
    assert.equal(basic, 'client%3A1:very+secret%2B');
    assert.equal(request?.body, 'grant_type=client_credentials&scope=own+openid');
  });

  test('keeps a token until a minute before it expires, then gets another without discovery', async () => {
    let now = new Date('2026-01-01T00:00:00Z');
    const server = await startIssuer([tokenAnswer('one', '3600'), tokenAnswer('two')]);
    const credentials = credentialsFor(server, { clock: () => now });
    const taken = [await tokenOf(credentials)];
    now = new Date('2026-01-01T00:58:59Z');
    taken.push(await tokenOf(credentials));
    now = new Date('2026-01-01T00:59:00Z');
    taken.push(await tokenOf(credentials));
    assert.deepEqual(taken, ['one', 'one', 'two']);
    assert.equal(server.received.length, 3);
  });

  test('tells until when a token is valid, and keeps one for each scope', async () => {
    const server = await startIssuer([tokenAnswer('one', 3600), tokenAnswer('two', 60)]);
    const credentials = credentialsFor(server, { clock: () => new Date(1000) });
    const taken = [await credentials.getToken('a'), await credentials.getToken('b'), await credentials.getToken(['a'])];
    const one = { token: 'one', expiresOnTimestamp: 3_601_000 };
    assert.deepEqual(taken, [one, { token: 'two', expiresOnTimestamp: 61_000 }, one]);
    assert.equal(server.received.length, 3);
  });

  test('uses a token without a stated life once', async () => {
    const server = await startIssuer([tokenAnswer('one', null), tokenAnswer('two', null)]);
    const credentials = credentialsFor(server);
    assert.deepEqual([await tokenOf(credentials), await tokenOf(credentials)], ['one', 'two']);
  });

  test('callers at the same time share one request', async () => {
    const server = await startIssuer([tokenAnswer('one')]);
    const credentials = credentialsFor(server);
    const taken = await Promise.all([tokenOf(credentials), tokenOf(credentials), tokenOf(credentials)]);
    assert.deepEqual(taken, ['one', 'one', 'one']);
    assert.equal(server.received.length, 2);
  });

  test('one caller that cancels does not take the token from the others', async () => {
    const server = await startIssuer([tokenAnswer('one')]);
    const credentials = credentialsFor(server);
    const [cancelled, other] = await Promise.all([
      codeOf(credentials.getToken(scope, { abortSignal: AbortSignal.abort() })),
      tokenOf(credentials),
    ]);
    assert.deepEqual([cancelled, other], ['cancelled', 'one']);
  });

  test('a failure is not kept: the next call asks again', async () => {
    const server = await startIssuer([{ status: 400, body: '{"error":"invalid_client"}' }, tokenAnswer('two')]);
    const credentials = credentialsFor(server);
    assert.equal(await codeOf(tokenOf(credentials)), 'identity-refused');
    assert.equal(await tokenOf(credentials), 'two');
  });
});

describe('refusing a provider', () => {
  for (const [what, more, code] of [
    ['another issuer in the document', { issuer: 'https://other.example' }, 'identity-issuer-wrong'],
    ['no issuer in the document', { issuer: undefined }, 'answer-malformed'],
    ['no token endpoint', { token_endpoint: undefined }, 'answer-malformed'],
    ['a token endpoint over plain HTTP', { token_endpoint: 'http://127.0.0.1/token' }, 'answer-malformed'],
    [
      'no way to send a secret',
      { token_endpoint_auth_methods_supported: ['private_key_jwt'] },
      'identity-method-unsupported',
    ],
  ] as const) {
    test(`${what}: ${code}, and no secret is sent`, async () => {
      const server = await startIssuer([tokenAnswer('one')], more);
      assert.equal(await codeOf(tokenOf(credentialsFor(server))), code);
      assert.equal(server.received.length, 1);
    });
  }

  for (const [what, answer, code] of [
    [
      'a refusal',
      { status: 401, body: '{"error":"invalid_client","error_description":"no \\u001b[31msuch"}' },
      'identity-refused',
    ],
    ['a refusal without words', { status: 500, body: '' }, 'identity-refused'],
    ['an answer that is not JSON', { status: 200, body: 'x' }, 'answer-malformed'],
    ['no token', json({ token_type: 'Bearer' }), 'answer-malformed'],
    ['a token of another type', json({ access_token: 'one', token_type: 'mac' }), 'answer-malformed'],
    [
      'a token that would break a header',
      json({ access_token: 'a\r\nb: c', token_type: 'Bearer' }),
      'answer-malformed',
    ],
  ] as const satisfies readonly (readonly [string, Answer, string])[]) {
    test(`${what}: ${code}`, async () => {
      const server = await startIssuer([answer]);
      assert.equal(await codeOf(tokenOf(credentialsFor(server))), code);
    });
  }

  test('a discovery document that is not there: answer-malformed', async () => {
    const server = await startServer({ status: 404, body: '' });
    assert.equal(await codeOf(tokenOf(credentialsFor(server))), 'answer-malformed');
  });

  test('a wrong option is a configuration error', () => {
    const options = { issuer: 'https://127.0.0.1', clientId: 'a', clientSecret: 'very secret+' };
    for (const [wrong, code, option] of [
      [{ issuer: 'http://127.0.0.1' }, 'address-insecure', 'options.issuer'],
      [{ clientId: '' }, 'option-invalid', 'options.clientId'],
      [{ clientSecret: undefined }, 'option-invalid', 'options.clientSecret'],
      [{ scope: 'own' }, 'option-unknown', 'options.scope'],
      [{ timeoutSeconds: '1' }, 'option-invalid', 'options.timeoutSeconds'],
    ] as const) {
      const untyped: object = { ...options, ...wrong };
      assert.throws(
        () => createClientCredentials(untyped as ClientCredentialsOptions),
        (error) => error instanceof ConfigurationError && error.code === code && error.option === option,
      );
    }
  });

  test('the words of a refusal are told without control characters', async () => {
    const body = JSON.stringify({ error: 'invalid_client', error_description: 'no \u001b[31msuch' });
    const server = await startIssuer([{ status: 401, body }]);
    await assert.rejects(tokenOf(credentialsFor(server)), /401 invalid_client: no {2}\[31msuch/);
  });
});

import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { generateSigningKey, issueToken, jwks, type SigningKey } from '@atesto/token';
import { accepted, codeOf, expectations, issuer, keyOf, now, sgxClaims, tokenWith } from '../__fixtures__/tokens.ts';
import { createVerifier, type Fetch, type Verifier, type VerifierOptions } from '../index.ts';

/** An issuer's certs endpoint in memory: what it publishes can change, and every fetch is recorded. */
function certsEndpoint(...keys: SigningKey[]) {
  const endpoint = {
    keys,
    fetched: [] as string[],
    fails: false,
    fetch: async (url: string): Promise<Response> => {
      endpoint.fetched.push(url);
      if (endpoint.fails) throw new TypeError('fetch failed', { cause: new Error('connection refused') });
      return Response.json(jwks(endpoint.keys));
    },
  };
  return endpoint;
}

function verifierOf(fetch: Fetch, options: Partial<VerifierOptions> = {}): Verifier {
  return createVerifier({ issuers: [issuer], expectations, fetch, clock: () => now, ...options });
}

test('fetches the keys of an issuer once, from its certs URI', async () => {
  const endpoint = certsEndpoint(await keyOf());
  const verifier = verifierOf(endpoint.fetch);
  for (const token of [await tokenWith(), await tokenWith({ a: 1 })]) accepted(await verifier.verify(token));
  assert.deepEqual(endpoint.fetched, [`${issuer}/certs`]);
});

test('shares one fetch among tokens that arrive together', async () => {
  const endpoint = certsEndpoint(await keyOf());
  const verifier = verifierOf(endpoint.fetch);
  const token = await tokenWith();
  const verdicts = await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)));
  assert.ok(verdicts.every((verdict) => verdict.ok));
  assert.equal(endpoint.fetched.length, 1);
});

test('follows a rotation: an unknown key id fetches again, at most once in the cool-down', async () => {
  const second = await keyOf('ES256', 'second');
  const endpoint = certsEndpoint(await keyOf());
  let time = now.getTime();
  const verifier = verifierOf(endpoint.fetch, { clock: () => new Date(time), cooldownSeconds: 30 });
  accepted(await verifier.verify(await tokenWith()));
  endpoint.keys = [second, await keyOf()];
  const rotated = await tokenWith({}, second);
  assert.equal(codeOf(await verifier.verify(rotated)), 'key-unknown');
  assert.equal(endpoint.fetched.length, 1);
  time += 30_000;
  accepted(await verifier.verify(rotated));
  accepted(await verifier.verify(await tokenWith()));
  const stranger = await tokenWith({}, await keyOf('ES256', 'stranger'));
  for (let tries = 0; tries < 5; tries++) assert.equal(codeOf(await verifier.verify(stranger)), 'key-unknown');
  assert.equal(endpoint.fetched.length, 2);
});

test('stops to accept a withdrawn key when the cached set ends', async () => {
  const endpoint = certsEndpoint(await keyOf());
  let time = now.getTime();
  const verifier = verifierOf(endpoint.fetch, { clock: () => new Date(time), cacheSeconds: 100 });
  accepted(await verifier.verify(await tokenWith()));
  endpoint.keys = [];
  time += 99_000;
  accepted(await verifier.verify(await tokenWith()));
  time += 1_000;
  assert.equal(codeOf(await verifier.verify(await tokenWith())), 'key-unknown');
});

test('verifies without a network once the keys are known', async () => {
  const endpoint = certsEndpoint(await keyOf());
  const verifier = verifierOf(endpoint.fetch, { cacheSeconds: Number.POSITIVE_INFINITY });
  accepted(await verifier.verify(await tokenWith()));
  endpoint.fails = true;
  accepted(await verifier.verify(await tokenWith()));
});

test('fetches again when the clock was set back', async () => {
  const endpoint = certsEndpoint(await keyOf());
  let time = now.getTime();
  const verifier = verifierOf(endpoint.fetch, { clock: () => new Date(time) });
  accepted(await verifier.verify(await tokenWith()));
  time -= 1_000;
  accepted(await verifier.verify(await tokenWith()));
  assert.equal(endpoint.fetched.length, 2);
});

test('refuses while the keys cannot be fetched, asks no more than once in the cool-down, and recovers', async () => {
  const endpoint = certsEndpoint(await keyOf());
  endpoint.fails = true;
  let time = now.getTime();
  const verifier = verifierOf(endpoint.fetch, { clock: () => new Date(time), cooldownSeconds: 30 });
  const token = await tokenWith();
  const verdict = await verifier.verify(token);
  assert.deepEqual(verdict, {
    ok: false,
    refusal: {
      code: 'keys-unavailable',
      where: `${issuer}/certs`,
      why: 'the keys could not be fetched: connection refused',
    },
  });
  assert.equal(codeOf(await verifier.verify(token)), 'keys-unavailable');
  assert.equal(endpoint.fetched.length, 1);
  endpoint.fails = false;
  time += 30_000;
  accepted(await verifier.verify(token));
});

test('keeps the keys of each pinned issuer apart', async () => {
  const other = 'https://attest.example/providers/two';
  const key = await keyOf();
  const fetched: string[] = [];
  const fetch: Fetch = async (url) => {
    fetched.push(url);
    return Response.json(url === `${other}/certs` ? { keys: [] } : jwks([key]));
  };
  const verifier = verifierOf(fetch, { issuers: [issuer, other] });
  accepted(await verifier.verify(await tokenWith()));
  const foreign = accepted(issueToken({ ...key, issuer: other }, { ...sgxClaims, iss: other }));
  assert.equal(codeOf(await verifier.verify(foreign)), 'key-unknown');
  assert.deepEqual(fetched, [`${issuer}/certs`, `${other}/certs`]);
});

/** A verifier of an issuer that a real HTTP server on loopback speaks for, and a token of it. */
async function servedBy(context: TestContext, listener: (keys: string) => RequestListener) {
  let handle: RequestListener = () => {};
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const loopback = `http://127.0.0.1:${port}`;
  const validity = { notBefore: now, notAfter: new Date(now.getTime() + 86_400_000) };
  const key = accepted(await generateSigningKey({ algorithm: 'ES256', issuer: loopback, ...validity }));
  handle = listener(JSON.stringify(jwks([key])));
  const verifier = createVerifier({ issuers: [loopback], expectations, clock: () => now, timeoutSeconds: 1 });
  return verifier.verify(accepted(issueToken(key, { ...sgxClaims, iss: loopback })));
}

test('fetches keys over HTTP', async (context) => {
  accepted(
    await servedBy(context, (keys) => (request, response) => {
      response.statusCode = request.url === '/certs' ? 200 : 404;
      response.end(keys);
    }),
  );
});

const faults: [what: string, code: string, listener: (keys: string) => RequestListener][] = [
  ['an error status', 'keys-unavailable', (keys) => (_, response) => response.writeHead(500).end(keys)],
  [
    'a redirect',
    'keys-unavailable',
    (keys) => (request, response) =>
      request.url === '/certs' ? response.writeHead(302, { location: '/elsewhere' }).end() : response.end(keys),
  ],
  ['a broken connection', 'keys-unavailable', () => (_, response) => response.destroy()],
  ['silence', 'keys-unavailable', () => () => {}],
  ['an endless answer', 'keys-unavailable', () => (_, response) => response.end(' '.repeat(2 ** 20 + 1))],
  ['an empty answer', 'keys-malformed', () => (_, response) => response.writeHead(204).end()],
  ['what is not JSON', 'keys-malformed', () => (_, response) => response.end('<html>')],
  ['what is not a key set', 'keys-malformed', () => (_, response) => response.end('{"keys":{}}')],
  ['entries that are no keys', 'key-unknown', () => (_, response) => response.end('{"keys":[null,5,[],{"kid":7}]}')],
];
for (const [what, code, listener] of faults) {
  test(`refuses when the certs URI answers with ${what}`, async (context) => {
    assert.equal(codeOf(await servedBy(context, listener)), code);
  });
}

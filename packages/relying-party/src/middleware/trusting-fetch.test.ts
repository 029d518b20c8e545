/** Keys from a server with a private CA: fetched when the CA is given, and only then. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { createSimulatedPlatform } from '@atesto/testing/sgx';
import { generateSigningKey, issueToken, jwks } from '@atesto/token';
import { accepted, codeOf, expectations, now, sgxClaims } from '../__fixtures__/tokens.ts';
import { ConfigurationError, createVerifier } from '../index.ts';
import { createTrustingFetch } from './node.ts';

/** The signing certificate of a simulated platform, with another name, serves for TLS: IP address 127.0.0.1. */
const loopbackName = Uint8Array.of(0x30, 0x06, 0x87, 0x04, 127, 0, 0, 1);
const { certificates, keys } = await createSimulatedPlatform({
  at: new Date(),
  certificates: { tcbSigning: { extensions: [{ oid: '2.5.29.17', critical: false, value: loopbackName }] } },
});
const ca = certificates.root;

let answer: { status: number; body: string; headers?: Record<string, string> } = { status: 200, body: '' };
const server = createServer(
  {
    key: keys.tcbSigning.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: certificates.tcbSigning,
  },
  (_request, response) => response.writeHead(answer.status, answer.headers).end(answer.body),
).listen(0, '127.0.0.1');
await once(server, 'listening');
after(() => {
  server.closeAllConnections();
  server.close();
});
const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
const validity = { notBefore: now, notAfter: new Date(now.getTime() + 86_400_000) };
const key = accepted(await generateSigningKey({ algorithm: 'ES256', issuer, ...validity }));
const token = accepted(issueToken(key, { ...sgxClaims, iss: issuer }));
const published = JSON.stringify(jwks([key]));
const verdict = (fetch = createTrustingFetch(ca)) =>
  createVerifier({ issuers: [issuer], expectations, fetch, clock: () => now }).verify(token);

test('a verifier that trusts the CA fetches the keys', async () => {
  answer = { status: 200, body: published };
  assert.equal(accepted(await verdict()).issuer, issuer);
});

test('without the CA, the keys are unavailable', async () => {
  answer = { status: 200, body: published };
  assert.equal(codeOf(await verdict(globalThis.fetch)), 'keys-unavailable');
});

for (const [what, wrong] of [
  ['a redirect', { status: 307, body: '', headers: { location: `${issuer}/elsewhere` } }],
  ['no content', { status: 204, body: '' }],
  ['an error', { status: 500, body: published }],
  ['more than a mebibyte', { status: 200, body: ' '.repeat(2 ** 20 + 1) }],
] as const) {
  test(`${what} is no key set`, async () => {
    answer = wrong;
    assert.match(codeOf(await verdict()), /^keys-(unavailable|malformed)$/);
  });
}

test('a CA that is none is a configuration error', () => {
  for (const wrong of ['', 'x', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']) {
    assert.throws(() => createTrustingFetch(wrong), ConfigurationError);
  }
});

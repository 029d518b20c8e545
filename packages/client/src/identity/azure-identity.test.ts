/** Credentials of `@azure/identity` are taken as they are: the real class gets a token of the development provider. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startOpenIdProvider } from '@atesto/development';
import { ClientSecretCredential } from '@azure/identity';
import { json, startServer } from '../__fixtures__/https-server.ts';
import { ClientError, createAttestationClient } from '../index.ts';

const directory = mkdtempSync(join(tmpdir(), 'atesto-client-'));
const provider = await startOpenIdProvider({
  directory,
  names: ['localhost', '127.0.0.1'],
  port: 0,
  tenant: 'development',
  audiences: ['https://attest.azure.net'],
  clientId: undefined,
  clientSecret: undefined,
});
after(async () => {
  await provider.close();
  rmSync(directory, { recursive: true, force: true });
});

const { authorityHost, tenant, clientId, clientSecret } = provider.client;
const tlsOptions = { ca: readFileSync(provider.caFile, 'utf8') };
const credentialWith = (secret: string): ClientSecretCredential =>
  new ClientSecretCredential(tenant, clientId, secret, {
    authorityHost,
    disableInstanceDiscovery: true,
    tlsOptions,
    retryOptions: { maxRetries: 0 },
  });
const quote = Uint8Array.of(3, 0, 2, 0, 0, 0, 0, 0);

test('a ClientSecretCredential gives the access token of the call', async () => {
  const server = await startServer(json({ token: 'aa.bb.cc' }));
  await using client = createAttestationClient({
    endpoint: server.url,
    ca: server.ca,
    credential: credentialWith(clientSecret),
  });
  await client.attestSgxEnclave(quote);
  const [, token = ''] = String(server.received[0]?.headers.authorization).split(' ');
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  assert.equal(claims.aud, 'https://attest.azure.net');
});

test('a ClientSecretCredential with a wrong secret: credential-failed, with its own error as cause', async () => {
  const server = await startServer(json({ token: 'aa.bb.cc' }));
  await using client = createAttestationClient({
    endpoint: server.url,
    ca: server.ca,
    credential: credentialWith('x'),
  });
  await assert.rejects(client.attestSgxEnclave(quote), (error) => {
    assert.ok(error instanceof ClientError && error.cause instanceof Error);
    assert.equal(error.code, 'credential-failed');
    assert.match(error.cause.name, /^Authentication(Required)?Error$/);
    return true;
  });
  assert.equal(server.received.length, 0);
});

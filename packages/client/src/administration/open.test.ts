/** The administrator's side is set up with options that exist and fit, and asks for tokens of the scope that each call needs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, startServer } from '../__fixtures__/https-server.ts';
import { ConfigurationError, fixedAccessToken, type TokenCredential } from '../index.ts';
import { type AdministrationOptions, createAdministrationClient } from './index.ts';

const credential = fixedAccessToken('token');

for (const [what, wrong, code, option] of [
  ['a misspelt option', { managementCredential: credential }, 'option-unknown', 'options.managementCredential'],
  ['a plain HTTP endpoint', { endpoint: 'http://127.0.0.1' }, 'address-insecure', 'options.endpoint'],
  ['a time-out of nothing', { timeoutSeconds: 0 }, 'option-invalid', 'options.timeoutSeconds'],
] as const) {
  test(`${what} is a configuration error at ${option}`, () => {
    const options: AdministrationOptions = { endpoint: 'https://127.0.0.1', credential, ...wrong };
    assert.throws(
      () => createAdministrationClient(options),
      (error) => error instanceof ConfigurationError && error.code === code && error.option === option,
    );
  });
}

test('one credential serves both APIs, each with its scope', async () => {
  const server = await startServer(json({ value: [] }), json({ entries: [] }));
  const asked: unknown[] = [];
  const recording: TokenCredential = {
    getToken: async (scopes) => {
      asked.push(scopes);
      return { token: `token-${asked.length}` };
    },
  };
  await using client = createAdministrationClient({ endpoint: server.url, ca: server.ca, credential: recording });
  assert.deepEqual(await client.providers.list('subscription'), []);
  await client.provider().audit({});
  assert.deepEqual(asked, ['https://management.azure.com/.default', 'https://attest.azure.net/.default']);
  assert.deepEqual(
    server.received.map(({ headers }) => headers.authorization),
    ['Bearer token-1', 'Bearer token-2'],
  );
});

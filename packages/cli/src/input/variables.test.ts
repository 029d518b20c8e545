/** Variables stand in for absent options, never beside options that say the same in another way, and are no settings of a service. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClientOption, variablesFor, withoutClientVariables } from './variables.ts';

const names: readonly ClientOption[] = ['endpoint', 'ca', 'issuer', 'clientFile'];
const env = {
  ATESTO_ENDPOINT: 'https://a',
  ATESTO_PROVIDER: 'shop',
  ATESTO_CA: 'ca.pem',
  ATESTO_ISSUER: 'https://b',
  ATESTO_CLIENT_FILE: 'client.json',
  ATESTO_LISTEN_PORT: '1',
};

test('options that are absent come from their variables, if the command has them', () => {
  assert.deepEqual(variablesFor(names, { ca: 'mine.pem' }, env), {
    endpoint: 'https://a',
    issuer: 'https://b',
    clientFile: 'client.json',
  });
  assert.deepEqual(variablesFor(names, {}, {}), {});
});

test('an access token needs neither issuer nor client; an id and a secret need no file of both', () => {
  const { endpoint, ca, issuer } = { endpoint: 'https://a', ca: 'ca.pem', issuer: 'https://b' };
  assert.deepEqual(variablesFor(names, { accessTokenFile: 't' }, env), { endpoint, ca });
  assert.deepEqual(variablesFor(names, { clientId: 'x' }, env), { endpoint, ca, issuer });
  assert.deepEqual(variablesFor(names, { clientSecretFile: 's' }, env), { endpoint, ca, issuer });
});

test('a service does not see them', () => {
  assert.deepEqual(withoutClientVariables(env), { ATESTO_LISTEN_PORT: '1' });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errors } from 'oidc-provider';
import { requestedAudience } from './audience.ts';

const attestation = 'https://attest.azure.net';
const management = 'https://management.azure.com';
const audiences = [attestation, management] as const;
const audienceOf = (scope?: string, resource?: string): string =>
  requestedAudience({ scope, ...(resource === undefined ? {} : { resource }) }, audiences).audience;

test('scopes are a set: their order and OpenID Connect’s own make no difference (MSAL for Go)', () => {
  for (const scope of [
    `${management}/.default`,
    `${management}/.default openid offline_access profile`,
    `openid profile ${management}/.default offline_access`,
    `${management}//.default`,
    `${management}//.default  ${management}/.default email`,
  ]) {
    assert.equal(audienceOf(scope), management, scope);
  }
});

test('a resource names the audience as well, with or without a slash at its end (version 1 of Entra’s endpoint)', () => {
  assert.equal(audienceOf(undefined, management), management);
  assert.equal(audienceOf(undefined, `${management}/`), management);
  assert.equal(audienceOf('openid', `${management}/`), management);
  assert.throws(() => audienceOf(undefined, 'https://vault.azure.net'), errors.InvalidTarget);
});

test('of two audiences that differ in the slash alone, each is found by its own name', () => {
  const both = [management, `${management}/`] as const;
  assert.equal(requestedAudience({ scope: `${management}//.default` }, both).audience, `${management}/`);
  assert.equal(requestedAudience({ scope: `${management}/.default` }, both).audience, management);
});

test('an unknown scope, scopes of two audiences, and none that names an audience are refused', () => {
  for (const [scope, resource] of [
    ['https://vault.azure.net/.default'],
    [`${management}/.default https://vault.azure.net/.default`],
    [`${management}/user_impersonation`],
    [`${management}/.default ${attestation}/.default`],
    [`${attestation}/.default`, management],
    ['openid offline_access profile'],
    ['.default'],
    [`${management}///.default`],
    [`${management.toUpperCase()}/.default`],
  ] as const) {
    assert.throws(() => audienceOf(scope, resource), errors.InvalidScope, scope);
  }
});

test('a request without scope and resource is for the first audience', () => {
  assert.deepEqual(requestedAudience({ scope: undefined }, audiences), {
    audience: attestation,
    scope: `${attestation}/.default`,
  });
});

test('the scopes of the answer are those of the request that name the audience, as they were written', () => {
  const scope = `openid ${management}//.default ${management}/.default`;
  assert.equal(requestedAudience({ scope }, audiences).scope, `${management}//.default ${management}/.default`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused } from '@atesto/core';
import { addressedName, providerUri } from './address.ts';

function named(host: string | undefined, provider?: string, baseDomain?: string, url = '/certs'): string {
  try {
    return addressedName({ url, headers: { host }, params: provider === undefined ? {} : { provider } }, baseDomain);
  } catch (error) {
    assert.ok(error instanceof Refused);
    return error.refusal.code;
  }
}

test('takes the name from the path, else from the host below the base domain, else the default', () => {
  assert.equal(named('attest.test', 'Contoso'), 'Contoso');
  assert.equal(named('contoso.attest.test:8443', undefined, 'attest.test'), 'contoso');
  assert.equal(named('CONTOSO.Attest.Test', 'Contoso', 'attest.test'), 'Contoso');
  for (const host of ['attest.test', 'contoso.attest.test', 'contoso.attest.example', undefined, '']) {
    assert.equal(named(host), 'default');
  }
  assert.equal(named('contosoattest.test', undefined, 'attest.test'), 'default');
});

test('takes a host name that ends in the dot of the root for the same host', () => {
  for (const host of ['contoso.attest.test.', 'contoso.attest.test.:8443']) {
    assert.equal(named(host, undefined, 'attest.test'), 'contoso');
  }
  assert.equal(named('attest.test.', undefined, 'attest.test'), 'default');
});

test('takes the host from the target where the target has one, whatever the Host header says', () => {
  const target = 'https://contoso.attest.test/certs';
  assert.equal(named('fabrikam.attest.test', undefined, 'attest.test', target), 'contoso');
  assert.equal(named('attest.test', undefined, 'attest.test', 'HTTPS://CONTOSO.attest.test.:8443/'), 'contoso');
  assert.equal(named('contoso.attest.test', undefined, 'attest.test', 'https://attest.test/certs'), 'default');
  assert.equal(
    named('contoso.attest.test', 'contoso', 'attest.test', 'https://fabrikam.attest.test/certs'),
    'provider-unknown',
  );
});

test('refuses names that no provider can have, and a path that contradicts the host', () => {
  for (const host of ['.attest.test', 'a.contoso.attest.test', 'xy.attest.test', `${'x'.repeat(25)}.attest.test`]) {
    assert.equal(named(host, undefined, 'attest.test'), 'provider-unknown', host);
  }
  for (const name of ['', '..', 'a/b', "x' or 1=1--", 'a\0b', 'xy', 'x'.repeat(25), 'käse']) {
    assert.equal(named('attest.test', name), 'provider-unknown', name);
  }
  assert.equal(named('contoso.attest.test', 'fabrikam', 'attest.test'), 'provider-unknown');
});

test('gives a provider one URI: its host name where there is a base domain, else its path', () => {
  assert.equal(providerUri('default', 'https://attest.test:8443', 'attest.test'), 'https://attest.test:8443');
  assert.equal(providerUri('Contoso', 'https://attest.test', undefined), 'https://attest.test/providers/Contoso');
  assert.equal(providerUri('Contoso', 'https://login.test:8443', 'attest.test'), 'https://contoso.attest.test:8443');
  assert.equal(providerUri('Contoso', 'https://test/maa', 'attest.test'), 'https://contoso.attest.test/maa');
});

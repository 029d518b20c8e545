import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../config/load.ts';
import { baseUriOf } from './base-uri.ts';

const uriOf = (host: string, port: number): string | undefined =>
  baseUriOf(parseConfig({ environment: 'development', listen: { host, port } }), port);

test('the issuer of development has a port unless it is that of https, which clients drop from what they compare', () => {
  assert.equal(uriOf('127.0.0.1', 8443), 'https://127.0.0.1:8443');
  assert.equal(uriOf('127.0.0.1', 443), 'https://127.0.0.1');
  assert.equal(uriOf('::1', 443), 'https://[::1]');
  assert.equal(uriOf('::1', 8443), 'https://[::1]:8443');
  assert.equal(uriOf('localhost', 0), undefined);
});

test('a configured URI stays as it is, without trailing slashes', () => {
  const config = parseConfig({ environment: 'development', baseUri: 'https://attest.example.org:443/a//' });
  assert.equal(baseUriOf(config, 8443), 'https://attest.example.org:443/a');
});

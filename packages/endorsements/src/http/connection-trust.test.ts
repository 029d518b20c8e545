/** Whom a source trusts for the connection, apart from whom it trusts for the content. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loopbackCertificate, loopbackKey } from '@atesto/http-client/testing';
import { at, codeOf, needed, servePcs } from '../__fixtures__/platform.ts';

const tls = { key: loopbackKey, cert: loopbackCertificate };

test('a PCCS under an authority of its own is reached when that one is configured', async (t) => {
  const { server, source } = await servePcs(t, { tls, dialect: 'pccs' }, { ca: loopbackCertificate, dialect: 'pccs' });
  assert.match(server.url, /^https:/);
  assert.equal(codeOf(await source.get(needed, { at })), 'ok');
});

test('and not otherwise: the reason names the check of the certificate', async (t) => {
  const { server, source } = await servePcs(t, { tls }, { retries: 0 });
  const result = await source.get(needed, { at });
  assert.equal(codeOf(result), 'endorsements-unreachable');
  assert.match(result.ok ? '' : result.refusal.why, /DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED/);
  assert.deepEqual(server.requests, []);
});

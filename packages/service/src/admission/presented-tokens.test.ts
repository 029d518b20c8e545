/** What strangers hold who present access tokens of an issuer that does not answer. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { developmentCertificate } from '@atesto/development';
import { stateDirectory } from '@atesto/store/testing';
import { figuresAre } from '../__fixtures__/admission.ts';
import { bearer, identity } from '../__fixtures__/callers.ts';
import { startIssuer } from '../__fixtures__/openid-issuer.ts';
import { connectTo } from '../__fixtures__/raw-client.ts';
import { serve, type TestService } from '../__fixtures__/service.ts';
import type { ServiceSettings } from '../config/schema.ts';

const tls = await developmentCertificate(stateDirectory(), ['127.0.0.1', 'localhost']);
const silent = await startIssuer(tls);
silent.answers = { '/tenant/v2.0/.well-known/openid-configuration': undefined };
const token = await silent.sign();

/** A service that also accepts tokens of an issuer that never answers. */
function limited(admission: ServiceSettings['admission']): Promise<TestService> {
  const silentIssuer = {
    issuer: silent.issuer,
    caFile: tls.caFile,
  };
  const issuers = [...(identity.issuers ?? []), silentIssuer];
  const settings = {
    identity: { ...identity, issuers, roles: [], fetchTimeoutMs: 600_000 },
    limits: { shutdownGraceMs: 1 },
  };
  return serve({ ...settings, listen: { port: 0, trustedProxies: ['127.0.0.1'] }, admission });
}

/** Requests that wait for the verification of their tokens, one from each address. */
async function present(service: TestService, addresses: readonly string[]): Promise<void> {
  for (const address of addresses) {
    const client = await connectTo(service);
    const lines = ['GET /policies/SgxEnclave?api-version=2022-08-01 HTTP/1.1', 'host: localhost'];
    await client.write(
      [...lines, `authorization: Bearer ${token}`, `x-forwarded-for: ${address}`, '', ''].join('\r\n'),
    );
  }
}

async function codeFor(service: TestService, address: string, headers: Record<string, string> = {}): Promise<string> {
  const { status, text } = await service.attest(
    'SgxEnclave',
    {},
    { headers: { 'x-forwarded-for': address, ...headers } },
  );
  return `${status} ${JSON.parse(text).error.innererror.code}`;
}

test('requests with unverifiable tokens leave a part of the total to tokens that were valid before', async () => {
  const service = await limited({ total: { concurrentRequests: 8 } });
  const alice = await bearer('alice');
  assert.equal(await codeFor(service, '192.0.2.100', alice), '400 member-missing');
  await present(service, ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5', '192.0.2.6', '192.0.2.7']);
  await figuresAre(service, { requests: 7 });
  assert.equal(await codeFor(service, '192.0.2.8', { authorization: `Bearer ${token}` }), '503 service-overloaded');
  assert.equal(await codeFor(service, '192.0.2.9'), '503 service-overloaded');
  assert.equal(await codeFor(service, '192.0.2.1', alice), '400 member-missing');
});

test('an address may have no more requests with tokens awaiting verification than without tokens', async () => {
  const service = await limited({ address: { concurrentRequests: 2 } });
  await present(service, ['192.0.2.1', '192.0.2.1']);
  await figuresAre(service, { requests: 2 });
  assert.equal(await codeFor(service, '192.0.2.1', { authorization: `Bearer ${token}` }), '429 too-many-requests');
  assert.equal(await codeFor(service, '192.0.2.2', await bearer('alice')), '400 member-missing');
});

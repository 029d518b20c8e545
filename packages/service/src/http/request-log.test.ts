import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bearer, identity } from '../__fixtures__/callers.ts';
import { base64url, claimsOf, quoteOf, serveEnclaves } from '../__fixtures__/enclave.ts';
import type { TestService } from '../__fixtures__/service.ts';

/** The lines of requests, without what differs from run to run. */
function requestLines({ logged }: TestService): Record<string, unknown>[] {
  return logged
    .map((line): Record<string, unknown> => JSON.parse(line))
    .filter(({ msg }) => msg === 'request')
    .map(({ requestId, ms, time, endorseMs, provider, ...line }) => line);
}

test('the line of an attestation names caller, address and token, that of a refusal names no token', async () => {
  const service = await serveEnclaves({ identity });
  const headers = await bearer('alice');
  const answer = await service.attest('SgxEnclave', { quote: quoteOf() }, { headers });
  await service.attest('SgxEnclave', { quote: base64url('rubbish') }, { headers });
  const { jti: tokenId } = claimsOf(answer);
  const [{ issuer = '' } = {}] = identity.issuers ?? [];
  const common = {
    method: 'POST',
    route: '/attest/SgxEnclave',
    address: '127.0.0.1',
    caller: `${issuer}#alice`,
    attestationType: 'SgxEnclave',
    msg: 'request',
  };

  assert.deepEqual(requestLines(service), [
    { level: 30, status: 200, tokenId, ...common },
    { level: 30, status: 400, code: 'quote-version', ...common },
  ]);
});

test('what the service failed at is logged at error', async () => {
  const service = await serveEnclaves(
    { identity },
    { intelEndorsements: { get: async () => Promise.reject(new Error('broken')) } },
  );
  await service.attest('SgxEnclave', { quote: quoteOf() }, { headers: await bearer('alice') });
  assert.deepEqual(
    requestLines(service).map(({ level, status, code }) => [level, status, code]),
    [[50, 500, 'internal-error']],
  );
});

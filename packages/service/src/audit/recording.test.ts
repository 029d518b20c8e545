import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { draft, openTestStore, origin, seenAudit, value } from '@atesto/store/testing';
import { bearer, identity, managementBearer } from '../__fixtures__/callers.ts';
import { quoteOf, serveEnclaves } from '../__fixtures__/enclave.ts';
import { serve } from '../__fixtures__/service.ts';

const store = await openTestStore();
value(await store.providers.create(draft({ name: 'Contoso' }), origin()));
const closed = { publicNetworkAccess: 'Disabled' };
value(await store.providers.create(draft({ name: 'Fabrikam', settings: closed }), origin()));
const audit = seenAudit();
const service = await serve({ identity, limits: { bodyBytes: 1024 } }, { store, audit });
const json = { 'content-type': 'application/json' };
const query = 'api-version=2020-10-01';

/** What the record says of one call: operation, provider and code. */
async function entryOf(path: string, sent: Parameters<typeof service.call>[1]): Promise<unknown[]> {
  audit.entries.length = 0;
  await service.call(path, sent);
  return audit.entries.map(({ operation, provider, code }) => [operation, provider, code]);
}

test('the entry names the provider in its canonical spelling, however early a request is refused', async () => {
  const policy = '/providers/CONTOSO/policies/SgxEnclave';
  const post = { method: 'POST', headers: json, body: '{}' };
  const contributor = await bearer('carl', 'contoso-contributors');
  const large = { method: 'PUT', headers: { ...json, ...contributor }, body: 'x'.repeat(2000) };
  assert.deepEqual(await entryOf(policy, {}), [['read-policy', 'Contoso', 'api-version-missing']]);
  assert.deepEqual(await entryOf(`${policy}?${query}`, large), [['set-policy', 'Contoso', 'body-too-large']]);
  assert.deepEqual(await entryOf(`/providers/contoso/attest/Nitro?${query}`, post), [
    ['attest', 'Contoso', 'attestation-type-unknown'],
  ]);
  assert.deepEqual(await entryOf(`/providers/fabrikam/attest/SgxEnclave?${query}`, post), [
    ['attest', 'Fabrikam', 'provider-closed'],
  ]);
  assert.deepEqual(await entryOf(`/providers/nobody/attest/SgxEnclave?${query}`, post), [
    ['attest', 'nobody', 'provider-unknown'],
  ]);
  assert.deepEqual(await entryOf(`/providers/a%00b/attest/SgxEnclave?${query}`, post), [
    ['attest', undefined, 'provider-unknown'],
  ]);
});

test('the entry names the provider that a refused caller of the resource-provider API asked for', async () => {
  const group = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Attestation/attestationProviders';
  const sent = { method: 'DELETE' };
  assert.deepEqual(await entryOf(`${group}/contoso?${query}`, sent), [
    ['delete-provider', 'Contoso', 'access-token-missing'],
  ]);
  const headers = await managementBearer('mallory');
  assert.deepEqual(await entryOf(`${group}/CONTOSO?${query}`, { ...sent, headers }), [
    ['delete-provider', 'Contoso', 'administrator-role-missing'],
  ]);
  assert.deepEqual(await entryOf(`${group}?${query}`, {}), [['list-providers', undefined, 'access-token-missing']]);
});

test('a caller who hangs up is recorded as refused, and no failure of the service is logged', async () => {
  audit.entries.length = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const record = mockRecord(resolve);
  const { hostname, port } = new URL(service.url);
  const head = `POST /attest/SgxEnclave?${query} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
  const socket = connect({ host: hostname, port: Number(port), ca: readFileSync(service.caFile ?? '') }, () => {
    socket.write(`${head}content-length: 100\r\n\r\n{`, () => socket.end());
  });
  socket.resume();
  await promise;
  record.restore();
  assert.deepEqual(
    audit.entries.map(({ operation, provider, verdict, code }) => [operation, provider, verdict, code]),
    [['attest', 'default', 'refused', 'request-aborted']],
  );
  assert.deepEqual(
    service.logged.filter((line) => JSON.parse(line).level >= 50),
    [],
  );
});

test('a service that stops disconnects late clients and records each of their requests before it closes the record', async () => {
  const seen = seenAudit();
  const codes: unknown[] = [];
  const asked = Promise.withResolvers<void>();
  const source = {
    get: () => {
      asked.resolve();
      return new Promise<never>(() => {});
    },
  };
  const stopping = await serveEnclaves(
    { limits: { shutdownGraceMs: 1 } },
    {
      intelEndorsements: source,
      audit: { ...seen, pending: 0, close: async () => void codes.push(...seen.entries.map(({ code }) => code)) },
    },
  );
  const body = JSON.stringify({ quote: quoteOf() });
  const head = `POST /attest/SgxEnclave?${query} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
  const { hostname, port } = new URL(stopping.url);
  const send = (text: string, answered: () => void) => {
    const socket = connect({ host: hostname, port: Number(port), ca: readFileSync(stopping.caFile ?? '') }, () => {
      socket.write(text);
    });
    return socket.on('data', answered).on('error', () => {});
  };
  const goesOn = Promise.withResolvers<void>();
  send(`${head}expect: 100-continue\r\ncontent-length: 9000\r\n\r\n`, goesOn.resolve);
  send(`${head}content-length: ${body.length}\r\n\r\n${body}`, () => {});
  await Promise.all([asked.promise, goesOn.promise]);
  await stopping.close();
  assert.deepEqual(codes.sort(), ['not-ready', 'request-aborted']);
});

/** Tells when an entry comes in. */
function mockRecord(seen: () => void): { restore(): void } {
  const { push } = audit.entries;
  audit.entries.push = (...entries) => {
    const length = push.apply(audit.entries, entries);
    seen();
    return length;
  };
  return {
    restore: () => {
      audit.entries.push = push;
    },
  };
}

test('X-Forwarded-For is trusted only from the proxies that the settings name', async () => {
  const headers = { ...json, 'x-forwarded-for': '203.0.113.9' };
  const addressAt = async (trustedProxies: string[]): Promise<string | undefined> => {
    const seen = seenAudit();
    const behind = await serve({ listen: { port: 0, trustedProxies } }, { audit: seen });
    await behind.call(`/attest/SgxEnclave?${query}`, { method: 'POST', headers, body: '{}' });
    return seen.entries[0]?.address;
  };
  assert.equal(await addressAt(['127.0.0.0/8']), '203.0.113.9');
  assert.equal(await addressAt([]), '127.0.0.1');
  assert.equal(await addressAt(['192.0.2.1']), '127.0.0.1');
});

test('refusals of unauthenticated callers are counted by the /64 of an IPv6 address', async () => {
  const seen = seenAudit();
  const behind = await serve({ listen: { port: 0, trustedProxies: ['127.0.0.0/8'] } }, { audit: seen });
  for (const host of ['1', '2', 'ffff:1']) {
    const headers = { ...json, 'x-forwarded-for': `2001:db8:1:2::${host}` };
    await behind.call(`/attest/SgxEnclave?${query}`, { method: 'POST', headers, body: '{}' });
  }
  assert.deepEqual(
    seen.entries.map(({ address }) => address),
    ['2001:db8:1:2::/64', '2001:db8:1:2::/64', '2001:db8:1:2::/64'],
  );
});

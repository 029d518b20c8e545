import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draft, openTestStore, origin, value } from '@atesto/store/testing';
import { bearer, identity, managementBearer, named } from '../__fixtures__/callers.ts';
import { tokenOf } from '../__fixtures__/development-token.ts';
import { quoteOf, refusalOf, serveEnclaves } from '../__fixtures__/enclave.ts';
import { type Answer, serve } from '../__fixtures__/service.ts';

const store = await openTestStore();
const service = await serveEnclaves({ identity }, { store });
value(await store.providers.create(draft({ name: 'contoso' }), origin()));
value(await store.providers.create(draft({ name: 'fabrikam' }), origin()));
const reader = await bearer('rita', 'contoso-readers');
const administrator = await bearer('ada', 'administrators');

const audit = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  service.call(`${path}/audit`, { headers });

test('lets a reader read at its own provider and nowhere else', async () => {
  assert.equal((await audit('/providers/contoso', reader)).status, 200);
  const missing = [401, 'Unauthorized', 'role-missing'];
  for (const path of ['/providers/fabrikam', '/providers/default', '']) {
    assert.deepEqual(refusalOf(await audit(path, reader)), missing, path);
  }
  assert.deepEqual(refusalOf(await audit('/providers/contoso', await bearer('nobody'))), missing);
});

test('lets a contributor and the service administrator read as well', async () => {
  assert.equal((await audit('/providers/contoso', await bearer('carl', 'contoso-contributors'))).status, 200);
  assert.equal((await audit('/providers/contoso', administrator)).status, 200);
});

test('demands a token, and one for this API', async () => {
  assert.deepEqual(refusalOf(await audit('')), [401, 'Unauthorized', 'access-token-missing']);
  const management = await managementBearer('ada', 'administrators');
  assert.deepEqual(refusalOf(await audit('', management)), [401, 'Unauthorized', 'access-token-audience-wrong']);
});

test('logs every attempt, allowed or not, and puts it down', async () => {
  const isLogged = (subject: string, allowed: boolean): boolean =>
    service.logged.some((line) => {
      const { msg, caller, allowed: was } = JSON.parse(line);
      return msg === 'authorization' && caller === named(subject) && was === allowed;
    });
  assert.ok(isLogged('rita', true) && isLogged('rita', false) && isLogged('nobody', false) && isLogged('ada', true));
  const { entries } = JSON.parse((await audit('/providers/fabrikam', administrator)).text);
  const attempts = entries.map(({ operation, verdict, caller, code }: Record<string, string>) => [
    operation,
    verdict,
    caller,
    code,
  ]);
  assert.deepEqual(attempts, [['read-audit', 'refused', named('rita'), 'role-missing']]);
});

test('makes the client of the development provider service administrator', async () => {
  const development = await serve({ developmentIdentity: { enabled: true, port: 0 } });
  const authorization = `Bearer ${await tokenOf(development)}`;
  assert.equal((await development.call('/audit?scope=service', { headers: { authorization } })).status, 200);
});

test('shows entries newest first, a page at a time, and by filter', async () => {
  for (let index = 0; index < 3; index += 1) {
    await service.call('/providers/contoso/attest/SgxEnclave?api-version=2020-10-01', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await bearer('alice')) },
      body: JSON.stringify({ quote: index === 1 ? 'AAAA' : quoteOf() }),
    });
  }
  const read = async (query: string) =>
    JSON.parse((await service.call(`/providers/contoso/audit?operation=attest&${query}`, { headers: reader })).text);
  const all = await read('');
  assert.deepEqual(
    all.entries.map(({ verdict }: { verdict: string }) => verdict),
    ['allowed', 'refused', 'allowed'],
  );
  const first = await read('limit=2');
  assert.deepEqual(first.entries, all.entries.slice(0, 2));
  assert.deepEqual(await read(`limit=2&cursor=${first.next}`), { entries: all.entries.slice(2) });
  assert.deepEqual((await read('verdict=refused')).entries, [all.entries[1]]);
  const [{ tokenId, requestId, time }] = all.entries;
  assert.deepEqual((await read(`tokenId=${tokenId}`)).entries, [all.entries[0]]);
  assert.deepEqual((await read(`requestId=${requestId}&from=${time}`)).entries, [all.entries[0]]);
  assert.deepEqual((await read(`requestId=${requestId}&before=${time}`)).entries, []);
});

test('refuses a query that is not valid', async () => {
  for (const query of [
    'limit=0',
    'limit=1001',
    'cursor=x',
    'from=yesterday',
    'scope=all',
    'operation=nosuch',
    'verdict=a&verdict=b',
    'x=1',
  ]) {
    const answer = await service.call(`/providers/contoso/audit?${query}`, { headers: reader });
    assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', 'audit-query-invalid'], query);
  }
  const other = await service.call('/providers/contoso/audit?provider=fabrikam', { headers: reader });
  assert.deepEqual(refusalOf(other), [400, 'InvalidParameter', 'audit-query-invalid']);
});

test('shows the entries of all providers to the service administrator alone', async () => {
  const path = '/audit?scope=service';
  const contributor = await bearer('carl', 'default-contributors');
  assert.deepEqual(refusalOf(await service.call(path, { headers: contributor })), [
    401,
    'Unauthorized',
    'role-missing',
  ]);
  const { entries } = JSON.parse((await service.call(path, { headers: administrator })).text);
  const providers = new Set(entries.map(({ provider }: { provider: string }) => provider));
  assert.deepEqual([...providers].sort(), ['contoso', 'default', 'fabrikam']);
});

test('hides from the readers of a provider what was asked of an earlier one of its name', async () => {
  const before = value(await store.providers.create(draft({ name: 'reused' }), origin({ atMs: Date.now() })));
  const old = await bearer('old', 'reused-readers');
  assert.equal((await audit('/providers/reused', old)).status, 200);
  value(await store.providers.delete(before.id, origin()));
  value(await store.providers.create(draft({ name: 'reused' }), origin({ atMs: Date.now() + 1 })));
  const { entries } = JSON.parse((await audit('/providers/reused', old)).text);
  assert.deepEqual(entries, []);
});

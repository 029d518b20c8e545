import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { defaultPolicies } from '@atesto/policy';
import { openStore } from '@atesto/store';
import { draft, integrityKey, openTestStore, origin, seenAudit, stateDirectory, value } from '@atesto/store/testing';
import {
  base64url,
  claimsOf,
  collateral,
  platform,
  quoteOf,
  refusalOf,
  serveEnclaves,
} from '../__fixtures__/enclave.ts';
import type { Answer, TestService } from '../__fixtures__/service.ts';
import { StoreUnusable } from '../state/store-unusable.ts';

const report = base64url(platform.openEnclaveReport());
const store = await openTestStore();
const service = await serveEnclaves({ providers: { baseDomain: 'attest.test' } }, { store });
const contoso = value(await store.providers.create(draft({ name: 'Contoso' }), origin()));
const quote = quoteOf();
const permitPolicy = defaultPolicies.SevSnpVm ?? '';
const permit = { content: permitPolicy, digest: 'digest', signer: null };

/** Attests at the provider of a name. */
function attestAt(name: string, path = 'SgxEnclave', member = 'quote', of: TestService = service): Promise<Answer> {
  return of.call(`/providers/${name}/attest/${path}?api-version=2020-10-01`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ [member]: member === 'quote' ? quote : report }),
  });
}

const issuerAt = async (path: string, host?: string): Promise<unknown> => {
  const headers = host === undefined ? {} : { host };
  const answer = await service.call(`${path}/.well-known/openid-configuration`, { headers });
  return answer.status === 200 ? JSON.parse(answer.text).issuer : refusalOf(answer);
};

test('serves the default provider at the bare base URI and at its path', async () => {
  assert.equal(await issuerAt(''), service.url);
  assert.equal(await issuerAt('/providers/default'), service.url);
});

test('serves a provider by path and by host, in any case, as the same issuer with keys of its own', async () => {
  const { port } = new URL(service.url);
  const issuer = `https://contoso.attest.test:${port}`;
  assert.equal(await issuerAt('/providers/contoso'), issuer);
  assert.equal(await issuerAt('/Providers/CONTOSO'), issuer);
  assert.equal(await issuerAt('', `contoso.attest.test:${port}`), issuer);
  assert.equal(await issuerAt('/providers/Contoso', `CONTOSO.attest.test:${port}`), issuer);
  const claims = claimsOf(await attestAt('contoso'));
  assert.equal(claims.iss, issuer);
  const keysOf = async (path: string) => JSON.parse((await service.call(path)).text).keys[0].kid;
  assert.notEqual(await keysOf('/certs'), await keysOf('/providers/contoso/certs'));
});

test('knows no provider of another name, shape or path', async () => {
  const unknown = [404, 'ResourceNotFound', 'provider-unknown'];
  for (const path of [
    '/providers/fabrikam',
    '/providers/..%2fdefault',
    "/providers/x'%20or%201=1--",
    '/providers/a%00b',
  ]) {
    assert.deepEqual(await issuerAt(path), unknown, path);
  }
  assert.deepEqual(await issuerAt('/providers/contoso%2f..%2fdefault'), unknown);
  for (const host of ['fabrikam.attest.test', 'xy.attest.test']) {
    assert.deepEqual(await issuerAt('', host), unknown, host);
  }
  assert.deepEqual(await issuerAt('/providers/default', 'contoso.attest.test'), unknown);
});

test('evaluates the stored policy as soon as the store vouches for it, and the default again after a reset', async () => {
  const hash = async () => claimsOf(await attestAt('contoso'))['x-ms-policy-hash'];
  const before = await hash();
  value(await store.policies.set(contoso.id, 'SgxEnclave', permit, origin()));
  assert.equal(await hash(), '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco');
  assert.notEqual(claimsOf(await attestAt('default'))['x-ms-policy-hash'], await hash());
  value(await store.policies.reset(contoso.id, 'SgxEnclave', null, origin()));
  assert.equal(await hash(), before);
});

test('attests nothing under a stored policy that it does not understand, or that should be signed and is not', async () => {
  const isolated = value(await store.providers.create(draft({ name: 'isolated', trustModel: 'Isolated' }), origin()));
  value(await store.policies.set(isolated.id, 'SgxEnclave', permit, origin()));
  const broken = { ...permit, content: 'version= 1.0;authorizationrules{=> permit(;};' };
  value(await store.policies.set(contoso.id, 'OpenEnclave', broken, origin()));
  const untrusted = [500, 'InternalError', 'policy-untrusted'];
  assert.deepEqual(refusalOf(await attestAt('isolated')), untrusted);
  assert.deepEqual(refusalOf(await attestAt('contoso', 'OpenEnclave', 'report')), untrusted);
  assert.equal((await attestAt('contoso')).status, 200);
});

test('refuses evidence whose policy changed while it was appraised', async () => {
  const audit = seenAudit();
  const own = await openTestStore();
  const changing = await serveEnclaves(
    {},
    {
      store: own,
      audit: {
        ...audit,
        record: async (entry) => {
          const provider = value(await own.providers.byName('default')) ?? assert.fail();
          if (entry.verdict === 'allowed') value(await own.policies.set(provider.id, 'SgxEnclave', permit, origin()));
          await audit.record(entry);
        },
      },
    },
  );
  const answer = await changing.attest('SgxEnclave', { quote });
  assert.deepEqual(refusalOf(answer), [503, 'ServiceUnavailable', 'policy-changed']);
  const told = audit.entries.map(({ verdict, code, tokenId }) => [verdict, code, typeof tokenId]);
  assert.deepEqual(told, [
    ['allowed', undefined, 'string'],
    ['failed', 'policy-changed', 'undefined'],
  ]);
});

test('forgets a provider that is deleted, and does not take a later one of its name for it', async () => {
  const first = value(await store.providers.create(draft({ name: 'fleeting' }), origin()));
  value(await store.policies.set(first.id, 'SgxEnclave', permit, origin()));
  const hash = async () => claimsOf(await attestAt('fleeting'))['x-ms-policy-hash'];
  const old = await hash();
  value(await store.providers.delete(first.id, origin()));
  assert.deepEqual(refusalOf(await attestAt('fleeting')), [404, 'ResourceNotFound', 'provider-unknown']);
  value(await store.providers.create(draft({ name: 'Fleeting' }), origin()));
  assert.notEqual(await hash(), old);
});

test('refuses evidence of a provider that is deleted while it is appraised', async () => {
  const own = await openTestStore();
  const doomed = value(await own.providers.create(draft({ name: 'doomed' }), origin()));
  const get = async () => {
    value(await own.providers.delete(doomed.id, origin()));
    return { ok: true, value: { collateral } } as const;
  };
  const deleting = await serveEnclaves({}, { store: own, intelEndorsements: { get } });
  const answer = await attestAt('doomed', 'SgxEnclave', 'quote', deleting);
  assert.deepEqual(refusalOf(answer), [404, 'ResourceNotFound', 'provider-unknown']);
});

test('attests nothing under a policy row that was changed behind the service’s back', async () => {
  const directory = stateDirectory();
  const path = join(directory, 'store.sqlite');
  const own = await openStore({ kind: 'sqlite', path, integrityKey });
  const tampered = await serveEnclaves({ stateDirectory: directory }, { store: own });
  const provider = value(await own.providers.byName('default')) ?? assert.fail();
  const deny = { ...permit, content: 'version= 1.0;authorizationrules{=> deny();};' };
  value(await own.policies.set(provider.id, 'SgxEnclave', deny, origin()));
  using database = new DatabaseSync(path, { timeout: 5000 });
  database.prepare("update documents set content = ? where kind = 'policy'").run(permitPolicy);
  // The next change makes the service read the provider's policies anew.
  await own.policies.set(provider.id, 'OpenEnclave', permit, origin());
  assert.notEqual((await tampered.attest('SgxEnclave', { quote })).status, 200);
  const again = await serveEnclaves(
    { stateDirectory: directory },
    { store: await openStore({ kind: 'sqlite', path, integrityKey }) },
  );
  assert.deepEqual(refusalOf(await again.attest('SgxEnclave', { quote })), [500, 'InternalError', 'policy-untrusted']);
});

test('attests nothing, and is not ready, while nobody can vouch for the policy in force', async () => {
  const own = await openTestStore();
  let ageMs = 0;
  const stale = { ...own, freshness: () => ({ revision: 1, ageMs }) };
  const lease = await serveEnclaves({ storage: { leaseMs: 2000 } }, { store: stale });
  ageMs = 1999;
  assert.equal((await lease.attest('SgxEnclave', { quote })).status, 200);
  ageMs = 2000;
  const answer = await lease.attest('SgxEnclave', { quote });
  assert.deepEqual(refusalOf(answer), [503, 'ServiceUnavailable', 'policy-not-fresh']);
  assert.equal((await lease.call('/readyz')).status, 503);
  assert.ok(lease.logged.some((line) => line.includes('policy-not-fresh')));
  ageMs = 0;
  assert.equal((await lease.attest('SgxEnclave', { quote })).status, 200);
});

test('does not start on a store of another integrity key', async () => {
  const directory = stateDirectory();
  const first = await serveEnclaves({ stateDirectory: directory });
  await first.close();
  writeFileSync(join(directory, 'development', 'integrity.key'), Buffer.alloc(32));
  await assert.rejects(serveEnclaves({ stateDirectory: directory }), (error) => {
    assert.ok(error instanceof StoreUnusable);
    return error.refusal.code === 'row-tampered';
  });
});

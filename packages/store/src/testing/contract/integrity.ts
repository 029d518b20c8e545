import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused } from '@atesto/core';
import { type CreateDatabase, code, createProvider, origin, value } from '../backends.ts';

const type = 'SgxEnclave';
const policy = { content: 'permit only mine', digest: 'd', signer: '{"kty":"RSA"}' };

/** What every store must notice when its rows are changed behind its back. */
export function integrityContract(create: CreateDatabase): void {
  const columns = {
    content: `'permit all'`,
    digest: `'other'`,
    signer: 'null',
    action: `'reset'`,
    authorization_jws: `'forged'`,
    restored_version: '1',
    actor: `'mallory'`,
    at_ms: '1',
    request_id: `'r-9'`,
    address: `'203.0.113.9'`,
    mac: `'x'`,
  };
  for (const [column, forged] of Object.entries(columns)) {
    test(`refuses a policy row whose ${column} was changed: row-tampered`, async () => {
      await using database = await create();
      const store = await database.open();
      const { id } = await createProvider(store);
      value(await store.policies.set(id, type, policy, origin()));
      await database.sql(`update documents set ${column} = ${forged} where kind = 'policy'`);
      assert.equal(code(await store.policies.current(id, type)), 'row-tampered');
      assert.equal(code(await store.policies.list(id)), 'row-tampered');
      assert.equal(code(await store.policies.history(id, type)), 'row-tampered');
      assert.equal(code(await store.policies.rollback(id, type, 1, origin())), 'row-tampered');
      assert.equal(code(await store.check()), 'row-tampered');
    });
  }

  test('refuses a policy row that was moved to another provider or attestation type: row-tampered', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    const other = await createProvider(store, { name: 'other' });
    value(await store.policies.set(id, type, policy, origin()));
    await database.sql(`update documents set provider_id = '${other.id}' where kind = 'policy'`);
    assert.equal(code(await store.policies.current(other.id, type)), 'row-tampered');
    await database.sql(`update documents set provider_id = '${id}', name = 'TdxVm' where kind = 'policy'`);
    assert.equal(code(await store.policies.current(id, 'TdxVm')), 'row-tampered');
  });

  test('refuses an older policy row that was given the newest version: row-tampered', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    value(await store.policies.set(id, type, policy, origin()));
    value(await store.policies.set(id, type, { ...policy, content: 'second' }, origin()));
    await database.sql(`update documents set version = 3 where kind = 'policy' and version = 1`);
    assert.equal(code(await store.policies.current(id, type)), 'row-tampered');
  });

  test('refuses to fall back to an older or the default policy when the newest row was deleted: row-tampered', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    value(await store.policies.set(id, type, policy, origin()));
    value(await store.policies.set(id, type, { ...policy, content: 'second' }, origin()));
    await database.sql(`delete from documents where kind = 'policy' and version = 2`);
    assert.equal(code(await store.policies.current(id, type)), 'row-tampered');
    await database.sql(`delete from documents where kind = 'policy'`);
    assert.equal(code(await store.policies.current(id, type)), 'row-tampered');
    await database.sql(`update store_state set revision = 1`);
    assert.equal(code(await store.policies.current(id, type)), 'row-tampered');
    assert.equal(code(await store.policies.set(id, type, policy, origin())), 'row-tampered');
  });

  test('refuses a set of signers that was changed or deleted: row-tampered', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    const certificates = [{ thumbprint: 'A0', x5c: ['MIIB'] }];
    value(await store.signers.replace(id, { action: 'add', certificates }, origin()));
    await database.sql(`update documents set content = replace(content, 'MIIB', 'MIIC') where kind = 'signers'`);
    assert.equal(code(await store.signers.current(id)), 'row-tampered');
    await database.sql(`delete from documents where kind = 'signers'`);
    assert.equal(code(await store.signers.current(id)), 'row-tampered');
  });

  test('refuses a provider whose row names another provider: row-tampered; a provider whose row was revived stays deleted', async () => {
    await using database = await create();
    const store = await database.open();
    const a = await createProvider(store, { name: 'a' });
    const b = await createProvider(store, { name: 'b' });
    await database.sql(`update providers set name_key = 'tmp' where id = '${a.id}'`);
    await database.sql(`update providers set name_key = 'a' where id = '${b.id}'`);
    assert.equal(code(await store.providers.byName('a')), 'row-tampered');
    value(await store.providers.delete(b.id, origin()));
    await database.sql(`update providers set deleted_at_ms = null where id = '${b.id}'`);
    assert.equal(value(await store.providers.byName('a')), undefined);
    assert.deepEqual(
      value(await store.providers.list()).map(({ name }) => name),
      ['a'],
    );
  });

  test('refuses a sealed key that was replaced by another: row-tampered', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    const times = { publishedAtMs: null, activeFromMs: null, activeUntilMs: null, publishedUntilMs: null };
    const state = { status: 'current', publicJwk: '{}', ...times };
    value(await store.keys.add(id, 'k1', state, Uint8Array.of(1), origin()));
    value(await store.keys.add(id, 'k2', state, Uint8Array.of(2), origin()));
    await database.sql(`update sealed_keys set sealed = (select sealed from sealed_keys where key_id = 'k2')`);
    assert.equal(code(await store.keys.sealed(id, 'k1')), 'row-tampered');
    await database.sql('delete from sealed_keys');
    assert.equal(code(await store.keys.sealed(id, 'k2')), 'row-tampered');
  });

  test('refuses to open with another integrity key: row-tampered', async () => {
    await using database = await create();
    await (await database.open()).close();
    const other = new Uint8Array(32).fill(8);
    await assert.rejects(database.open({ integrityKey: other }), refusedWith('row-tampered'));
  });

  test('refuses an integrity key of 31 bytes: integrity-key-invalid', async () => {
    await using database = await create();
    await assert.rejects(database.open({ integrityKey: new Uint8Array(31) }), refusedWith('integrity-key-invalid'));
  });

  test('refuses a database of a newer release and leaves it alone: store-newer', async () => {
    await using database = await create();
    await (await database.open()).close();
    await database.sql('insert into schema_version values (99, 0)');
    await assert.rejects(database.open(), refusedWith('store-newer'));
    const [row] = await database.sql('select count(*) as n from schema_version');
    assert.equal(Number(row?.n), 6);
  });
}

function refusedWith(expected: string): (error: unknown) => boolean {
  return (error) => error instanceof Refused && error.refusal.code === expected;
}

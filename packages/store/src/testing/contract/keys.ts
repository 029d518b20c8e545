import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyMetadata } from '../../documents/keys.ts';
import { type CreateDatabase, code, createProvider, origin, type TestDatabase, value } from '../backends.ts';

const state: KeyMetadata = {
  status: 'pending',
  publicJwk: '{"kty":"EC"}',
  publishedAtMs: 1,
  activeFromMs: 2,
  activeUntilMs: null,
  publishedUntilMs: null,
};
const sealed = Uint8Array.of(0, 1, 2, 250, 255);

/** What every store must do with signing keys and settings. */
export function keysContract(create: CreateDatabase): void {
  test('stores a sealed key byte for byte, and its changes as versions', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    const added = value(await store.keys.add(id, 'k1', state, sealed, origin()));
    assert.deepEqual(added, {
      ...state,
      providerId: id,
      keyId: 'k1',
      hasSealed: true,
      version: 1,
      revision: 2,
      etag: '"2"',
      action: 'add',
      origin: origin(),
    });
    assert.deepEqual(value(await store.keys.list(id)), [added]);
    assert.deepEqual(value(await store.keys.sealed(id, 'k1')), sealed);
    const condition = { expectedEtag: added.etag };
    const destroyed = value(await store.keys.destroy(id, 'k1', 'destroyed', origin(), condition));
    assert.deepEqual(destroyed, {
      ...added,
      status: 'destroyed',
      hasSealed: false,
      version: 2,
      revision: 3,
      etag: '"3"',
      action: 'destroy',
    });
    assert.deepEqual(value(await store.keys.list(id)), [destroyed]);
    assert.deepEqual(await versionsOf(database, 'k1'), [2, 1]);
    assert.equal(code(await store.keys.destroy(id, 'k1', 'destroyed', origin(), condition)), 'version-conflict');
  });

  test('refuses a second key of the same identifier: version-conflict', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    value(await store.keys.add(id, 'k1', state, sealed, origin()));
    assert.equal(code(await store.keys.add(id, 'k1', state, Uint8Array.of(9), origin())), 'version-conflict');
    assert.deepEqual(value(await store.keys.sealed(id, 'k1')), sealed);
  });

  test('stores a key whose private part is elsewhere', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    assert.equal(value(await store.keys.add(id, 'hsm', state, null, origin())).hasSealed, false);
    assert.equal(code(await store.keys.sealed(id, 'hsm')), 'not-found');
    assert.equal(code(await store.keys.sealed(id, 'none')), 'not-found');
  });

  test('destroys the private part of a key and leaves no copy of it', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    value(await store.keys.add(id, 'k1', state, sealed, origin()));
    const destroyed = value(await store.keys.destroy(id, 'k1', 'destroyed', origin()));
    assert.deepEqual(
      [destroyed.status, destroyed.hasSealed, destroyed.publicJwk],
      ['destroyed', false, state.publicJwk],
    );
    assert.equal(code(await store.keys.sealed(id, 'k1')), 'not-found');
    assert.deepEqual(await database.sql('select * from sealed_keys'), []);
  });

  test('destroys the private parts of a deleted provider', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    const other = await createProvider(store, { name: 'other' });
    value(await store.keys.add(id, 'k1', state, sealed, origin()));
    value(await store.keys.add(other.id, 'k2', state, sealed, origin()));
    value(await store.providers.delete(id, origin()));
    assert.deepEqual(
      (await database.sql('select key_id from sealed_keys')).map(({ key_id }) => key_id),
      ['k2'],
    );
  });

  test('stores settings as versions', async () => {
    await using database = await create();
    const store = await database.open();
    const one = value(await store.settings.set('audit', { retentionDays: 30 }, origin()));
    const two = value(await store.settings.set('audit', { retentionDays: 90, list: [1, null, 'x'] }, origin()));
    value(await store.settings.set('roles', null, origin()));
    assert.deepEqual(value(await store.settings.current('audit')), {
      name: 'audit',
      value: { retentionDays: 90, list: [1, null, 'x'] },
      version: 2,
      revision: 2,
      etag: '"2"',
      action: 'set',
      origin: origin(),
    });
    assert.equal(two.version, 2);
    assert.deepEqual(await versionsOf(database, 'audit'), [2, 1]);
    assert.equal(value(await store.settings.current('roles'))?.value, null);
    assert.equal(value(await store.settings.current('none')), undefined);
    assert.equal(code(await store.settings.set('audit', 1, origin(), { expectedEtag: one.etag })), 'version-conflict');
  });
}

/** The versions of a document that the database holds, newest first. */
async function versionsOf(database: TestDatabase, name: string): Promise<unknown[]> {
  const rows = await database.sql(`select version from documents where name = '${name}' order by version desc`);
  return rows.map(({ version }) => version);
}

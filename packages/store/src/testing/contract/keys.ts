import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyState } from '../../documents/keys.ts';
import { type CreateDatabase, code, createProvider, origin, value } from '../backends.ts';

const state: KeyState = {
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
  test('keeps a sealed key to the byte, and its life as versions', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    const added = value(await store.keys.add(id, 'k1', state, sealed, origin()));
    const active = value(
      await store.keys.update(id, 'k1', { status: 'current' }, origin(), { expectedEtag: added.etag }),
    );
    assert.deepEqual(active, {
      ...state,
      status: 'current',
      providerId: id,
      keyId: 'k1',
      hasSealed: true,
      version: 2,
      revision: 3,
      etag: '"3"',
      action: 'update',
      origin: origin(),
    });
    assert.deepEqual(value(await store.keys.list(id)), [active]);
    assert.deepEqual(value(await store.keys.history(id, 'k1')), [active, added]);
    assert.deepEqual(value(await store.keys.sealed(id, 'k1')), sealed);
    assert.equal(
      code(await store.keys.update(id, 'k1', {}, origin(), { expectedEtag: added.etag })),
      'version-conflict',
    );
  });

  test('refuses a second key of the same identifier: version-conflict', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    value(await store.keys.add(id, 'k1', state, sealed, origin()));
    assert.equal(code(await store.keys.add(id, 'k1', state, Uint8Array.of(9), origin())), 'version-conflict');
    assert.deepEqual(value(await store.keys.sealed(id, 'k1')), sealed);
  });

  test('keeps a key whose private part is elsewhere', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    assert.equal(value(await store.keys.add(id, 'hsm', state, null, origin())).hasSealed, false);
    assert.equal(code(await store.keys.sealed(id, 'hsm')), 'not-found');
    assert.equal(code(await store.keys.sealed(id, 'none')), 'not-found');
    assert.equal(code(await store.keys.reseal(id, 'hsm', sealed, origin())), 'not-found');
  });

  test('reseals a key', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    value(await store.keys.add(id, 'k1', state, sealed, origin()));
    value(await store.keys.reseal(id, 'k1', Uint8Array.of(9), origin()));
    assert.deepEqual(value(await store.keys.sealed(id, 'k1')), Uint8Array.of(9));
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

  test('keeps settings as versions', async () => {
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
    assert.deepEqual(value(await store.settings.history('audit')), [two, one]);
    assert.deepEqual(
      value(await store.settings.list()).map(({ name }) => name),
      ['audit', 'roles'],
    );
    assert.equal(value(await store.settings.current('none')), undefined);
    assert.equal(code(await store.settings.set('audit', 1, origin(), { expectedEtag: one.etag })), 'version-conflict');
  });
}

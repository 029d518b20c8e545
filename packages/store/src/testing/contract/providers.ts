import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CreateDatabase, code, createProvider, draft, origin, type TestDatabase, value } from '../backends.ts';

/** What every store must do with providers. */
export function providersContract(create: CreateDatabase): void {
  test('finds a created provider by id and by name without regard to case', async () => {
    await using database = await create();
    const store = await database.open();
    const created = await createProvider(store, { name: 'Contoso-1' });
    assert.deepEqual(created, {
      ...draft({ name: 'Contoso-1' }),
      id: created.id,
      createdAtMs: origin().atMs,
      deletedAtMs: null,
      version: 1,
      revision: 1,
      etag: '"1"',
      action: 'create',
      origin: origin(),
    });
    assert.deepEqual(value(await store.providers.byName('CONTOSO-1')), created);
    assert.deepEqual(value(await store.providers.byId(created.id)), created);
    assert.equal(value(await store.providers.byName('other')), undefined);
    assert.equal(value(await store.providers.byId('other')), undefined);
  });

  test('refuses a name that another provider has, in any case: name-taken', async () => {
    await using database = await create();
    const store = await database.open();
    await createProvider(store, { name: 'contoso' });
    assert.equal(code(await store.providers.create(draft({ name: 'ConToso' }), origin())), 'name-taken');
    assert.equal(store.freshness().revision, 1);
  });

  test('accepts exactly one of several simultaneous creations of a name', async () => {
    await using database = await create();
    const stores = [await database.open(), await database.open(), await database.open()];
    const outcomes = await Promise.all(stores.map((store) => store.providers.create(draft(), origin())));
    assert.equal(outcomes.filter(({ ok }) => ok).length, 1);
    assert.deepEqual(outcomes.filter(({ ok }) => !ok).map(code), ['name-taken', 'name-taken']);
  });

  test('treats names with SQL, wildcards, paths and Unicode as plain text', async () => {
    await using database = await create();
    const store = await database.open();
    const names = ["a'; drop table providers; --", '%', '../etc', 'ünïcode-🔑', 'a"b', ''];
    for (const name of names) await createProvider(store, { name });
    assert.deepEqual(
      value(await store.providers.list())
        .map(({ name }) => name)
        .sort(),
      [...names].sort(),
    );
    for (const name of names) assert.equal(value(await store.providers.byName(name))?.name, name);
    assert.equal(value(await store.providers.byName('_')), undefined);
  });

  test('refuses a NUL character and a lone surrogate: value-unstorable', async () => {
    await using database = await create();
    const store = await database.open();
    assert.equal(code(await store.providers.create(draft({ name: 'a\0b' }), origin())), 'value-unstorable');
    assert.equal(code(await store.providers.create(draft(), origin({ actor: '\ud800' }))), 'value-unstorable');
    assert.equal(code(await store.policies.current('p', 'a\0')), 'value-unstorable');
    assert.equal(value(await store.providers.byName('a\0b')), undefined);
    assert.equal(store.freshness().revision, 0);
  });

  test('lists by subscription and resource group', async () => {
    await using database = await create();
    const store = await database.open();
    await createProvider(store, { name: 'b', subscription: 'S1', resourceGroup: 'Group' });
    await createProvider(store, { name: 'a', subscription: 's1', resourceGroup: 'other' });
    await createProvider(store, { name: 'c', subscription: 's2', resourceGroup: 'group' });
    const names = async (filter: Parameters<typeof store.providers.list>[0]) =>
      value(await store.providers.list(filter)).map(({ name }) => name);
    assert.deepEqual(await names({}), ['a', 'b', 'c']);
    assert.deepEqual(await names({ subscription: 's1' }), ['a', 'b']);
    assert.deepEqual(await names({ subscription: 'S1', resourceGroup: 'GROUP' }), ['b']);
    assert.deepEqual(await names({ subscription: 's3' }), []);
  });

  test('updates only the given members, and keeps the history with its origins', async () => {
    await using database = await create();
    const store = await database.open();
    const created = await createProvider(store);
    const by = origin({ actor: 'bob', atMs: 1_790_000_000_500, requestId: 'r-2', address: '2001:db8::1' });
    const updated = value(await store.providers.update(created.id, { tags: { team: 'new' } }, by));
    assert.deepEqual(updated, {
      ...created,
      tags: { team: 'new' },
      version: 2,
      revision: 2,
      etag: '"2"',
      action: 'update',
      origin: by,
    });
    assert.deepEqual(value(await store.providers.byId(created.id)), updated);
    assert.deepEqual(await versionsOf(database, created.id), [2, 1]);
  });

  test('refuses an update that is based on another version: version-conflict', async () => {
    await using database = await create();
    const store = await database.open();
    const { id, etag } = await createProvider(store);
    value(await store.providers.update(id, { status: 'Busy' }, origin(), { expectedEtag: etag }));
    assert.equal(
      code(await store.providers.update(id, { tags: {} }, origin(), { expectedEtag: etag })),
      'version-conflict',
    );
    assert.equal(code(await store.providers.delete(id, origin(), { expectedEtag: etag })), 'version-conflict');
  });

  test('deletes a provider permanently, keeps its history, and frees its name', async () => {
    await using database = await create();
    const store = await database.open();
    const first = await createProvider(store);
    value(await store.policies.set(first.id, 'SgxEnclave', { content: 'c', digest: 'd', signer: null }, origin()));
    const deleted = value(await store.providers.delete(first.id, origin({ atMs: 5 })));
    assert.equal(deleted.deletedAtMs, 5);
    assert.equal(value(await store.providers.byName('contoso')), undefined);
    assert.equal(value(await store.providers.byId(first.id)), undefined);
    assert.equal(code(await store.providers.update(first.id, {}, origin())), 'not-found');
    assert.equal(code(await store.providers.delete(first.id, origin())), 'not-found');
    const second = await createProvider(store);
    assert.notEqual(second.id, first.id);
    assert.equal(value(await store.policies.current(second.id, 'SgxEnclave')), undefined);
    assert.deepEqual(await versionsOf(database, first.id), [2, 1]);
  });

  test('keeps everything across a restart', async () => {
    await using database = await create();
    const before = await database.open();
    const created = await createProvider(before);
    await before.close();
    const after = await database.open();
    assert.deepEqual(value(await after.providers.byName('contoso')), created);
    assert.equal(value(await after.check()).revision, 1);
  });
}

/** The versions of a provider that the database holds, newest first. */
async function versionsOf(database: TestDatabase, id: string): Promise<unknown[]> {
  const rows = await database.sql(
    `select version from documents where provider_id = '${id}' and kind = 'provider' order by version desc`,
  );
  return rows.map(({ version }) => version);
}

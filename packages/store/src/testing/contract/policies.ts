import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absentEtag } from '../../documents/document.ts';
import { type CreateDatabase, code, createProvider, draft, origin, value } from '../backends.ts';

const type = 'SgxEnclave';
const first = { content: 'eyJhbGciOiJub25lIn0.e30.', digest: 'first', signer: null };
const second = { content: 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln', digest: 'second', signer: '{"kty":"RSA"}' };
const leaf = { thumbprint: 'A0', x5c: ['MIIB', 'MIIC'] };

/** What every store must do with policies and their signers. */
export function policiesContract(create: CreateDatabase): void {
  test('has no policy before one is set', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    assert.equal(value(await store.policies.current(id, type)), undefined);
    assert.deepEqual(value(await store.policies.list(id)), []);
    assert.deepEqual(value(await store.policies.history(id, type)), []);
  });

  test('stores set, reset and rollback as versions with their verbatim content and origin', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    const by = (atMs: number) => origin({ atMs, requestId: `r-${atMs}` });
    const set1 = value(await store.policies.set(id, type, first, by(1)));
    const set2 = value(await store.policies.set(id, type, second, by(2)));
    const reset = value(await store.policies.reset(id, type, 'jws-of-reset', by(3)));
    const rolled = value(await store.policies.rollback(id, type, 2, by(4)));
    const common = { providerId: id, attestationType: type, restoredVersion: null };
    const none = { content: null, digest: null, signer: null };
    assert.deepEqual(
      [set1, set2, reset, rolled],
      [
        { ...common, ...first, version: 1, revision: 2, etag: '"2"', action: 'set', origin: by(1) },
        { ...common, ...second, version: 2, revision: 3, etag: '"3"', action: 'set', origin: by(2) },
        { ...common, ...none, version: 3, revision: 4, etag: '"4"', action: 'reset', origin: by(3) },
        {
          ...common,
          ...second,
          restoredVersion: 2,
          version: 4,
          revision: 5,
          etag: '"5"',
          action: 'rollback',
          origin: by(4),
        },
      ],
    );
    assert.deepEqual(value(await store.policies.current(id, type)), rolled);
    assert.deepEqual(value(await store.policies.history(id, type)), [rolled, reset, set2, set1]);
    assert.deepEqual(value(await store.policies.history(id, type, { before: 3, limit: 1 })), [set2]);
  });

  test('stores a policy of 100,000 characters byte for byte', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    const content = ' \r\n\t"\\é🔑'.repeat(10_000);
    value(await store.policies.set(id, type, { ...first, content }, origin()));
    assert.equal(value(await store.policies.current(id, type))?.content, content);
  });

  test('keeps providers and attestation types apart', async () => {
    await using database = await create();
    const store = await database.open();
    const a = await createProvider(store, { name: 'a' });
    const b = await createProvider(store, { name: 'b' });
    const sgx = value(await store.policies.set(a.id, type, first, origin()));
    const tdx = value(await store.policies.set(a.id, 'TdxVm', second, origin()));
    value(await store.policies.set(a.id, 'TdxVm', first, origin()));
    const again = value(await store.policies.set(a.id, 'TdxVm', second, origin()));
    assert.equal(tdx.version, 1);
    assert.deepEqual(value(await store.policies.list(a.id)), [sgx, again]);
    assert.equal(value(await store.policies.current(b.id, type)), undefined);
  });

  test('refuses a change that is based on another version: version-conflict', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    const set = value(await store.policies.set(id, type, first, origin(), { expectedEtag: absentEtag }));
    const stale = { expectedEtag: absentEtag };
    assert.equal(code(await store.policies.set(id, type, second, origin(), stale)), 'version-conflict');
    assert.equal(code(await store.policies.reset(id, type, null, origin(), stale)), 'version-conflict');
    assert.equal(code(await store.policies.rollback(id, type, 1, origin(), stale)), 'version-conflict');
    assert.deepEqual(value(await store.policies.current(id, type)), set);
    value(await store.policies.reset(id, type, null, origin(), { expectedEtag: set.etag }));
  });

  test('accepts exactly one of many simultaneous changes of one version, from several instances', async () => {
    await using database = await create();
    const stores = [await database.open(), await database.open(), await database.open()];
    const [store] = stores;
    assert.ok(store);
    const { id } = await createProvider(store);
    let expectedEtag: string = absentEtag;
    for (let round = 1; round <= 5; round += 1) {
      const condition = { expectedEtag };
      const attempts = Array.from({ length: 9 }, (_, index) => {
        const policy = { ...first, content: `${round}-${index}` };
        return stores[index % 3]?.policies.set(id, type, policy, origin(), condition);
      });
      const outcomes = (await Promise.all(attempts)).filter((outcome) => outcome !== undefined);
      const won = outcomes.filter(({ ok }) => ok).map(value);
      assert.deepEqual(
        won.map(({ version }) => version),
        [round],
      );
      assert.equal(outcomes.filter((outcome) => !outcome.ok && code(outcome) === 'version-conflict').length, 8);
      expectedEtag = won[0]?.etag ?? '';
    }
  });

  test('applies all of many simultaneous unconditional changes, one after the other', async () => {
    await using database = await create();
    const stores = [await database.open(), await database.open()];
    const [store] = stores;
    assert.ok(store);
    const { id } = await createProvider(store);
    const attempts = Array.from({ length: 20 }, (_, index) =>
      stores[index % 2]?.policies.set(id, type, { ...first, content: String(index) }, origin()),
    );
    await Promise.all(attempts);
    const history = value(await store.policies.history(id, type));
    assert.deepEqual(
      history.map(({ version }) => version),
      Array.from({ length: 20 }, (_, index) => 20 - index),
    );
    assert.equal(new Set(history.map(({ content }) => content)).size, 20);
  });

  test('refuses a policy for a provider that does not exist or was deleted: not-found', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    assert.equal(code(await store.policies.set('no-such-id', type, first, origin())), 'not-found');
    assert.equal(code(await store.policies.rollback(id, type, 1, origin())), 'not-found');
    value(await store.providers.delete(id, origin()));
    assert.equal(code(await store.policies.set(id, type, first, origin())), 'not-found');
    assert.equal(code(await store.policies.reset(id, type, null, origin())), 'not-found');
    assert.equal(code(await store.signers.replace(id, { action: 'add', certificates: [leaf] }, origin())), 'not-found');
  });

  test('refuses a policy whose signer was checked against an older set of signers: version-conflict', async () => {
    await using database = await create();
    const store = await database.open();
    const { id } = await createProvider(store);
    const added = value(await store.signers.replace(id, { action: 'add', certificates: [leaf] }, origin()));
    value(await store.signers.replace(id, { action: 'remove', certificates: [] }, origin()));
    const outdated = { signersEtag: added.etag };
    assert.equal(code(await store.policies.set(id, type, second, origin(), outdated)), 'version-conflict');
    assert.equal(value(await store.policies.current(id, type)), undefined);
  });

  test('stores the sets of signers as versions with the request that authorized each', async () => {
    await using database = await create();
    const store = await database.open();
    const created = value(await store.providers.create(draft({ trustModel: 'Isolated' }), origin(), [leaf]));
    const initial = value(await store.signers.current(created.id));
    const other = { thumbprint: 'B1', x5c: ['MIID'] };
    const both = { action: 'add' as const, certificates: [leaf, other], authorizationJws: 'jws-by-A0' };
    const added = value(await store.signers.replace(created.id, both, origin(), { expectedEtag: initial?.etag }));
    assert.deepEqual(initial, {
      certificates: [leaf],
      authorizationJws: null,
      version: 1,
      revision: 2,
      etag: '"2"',
      action: 'create',
      origin: origin(),
    });
    assert.deepEqual(added, {
      ...both,
      version: 2,
      revision: 3,
      etag: '"3"',
      origin: origin(),
    });
    assert.deepEqual(value(await store.signers.current(created.id)), added);
    const stale = { expectedEtag: initial?.etag };
    assert.equal(code(await store.signers.replace(created.id, both, origin(), stale)), 'version-conflict');
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoreChange } from '../../cluster/watcher.ts';
import type { Store } from '../../store.ts';
import { type CreateDatabase, code, createProvider, origin, value } from '../backends.ts';

const type = 'SgxEnclave';
const policy = { content: 'c', digest: 'd', signer: null };
/** So long that nothing but the mechanism under test can have caused a look at the feed. */
const never = 3_600_000;

/** What every store must tell about changes. */
export function changesContract(create: CreateDatabase): void {
  test('reports each change to a listener once, in order, before the change is acknowledged', async () => {
    await using database = await create();
    const store = await database.open({ pollIntervalMs: never });
    const told: StoreChange[] = [];
    store.changes.subscribe((change) => void told.push(change));
    const { id } = await createProvider(store);
    value(await store.policies.set(id, type, policy, origin({ actor: 'bob' })));
    assert.deepEqual(told, [
      { revision: 1, providerId: id, kind: 'provider', name: '', version: 1, action: 'create', origin: origin() },
      {
        revision: 2,
        providerId: id,
        kind: 'policy',
        name: type,
        version: 1,
        action: 'set',
        origin: origin({ actor: 'bob' }),
      },
    ]);
    assert.equal(store.freshness().revision, 2);
  });

  test('reports no change from before a subscription, and none after its end', async () => {
    await using database = await create();
    const first = await database.open();
    const { id } = await createProvider(first);
    const store = await database.open();
    const told: number[] = [];
    const end = store.changes.subscribe(({ revision }) => void told.push(revision));
    value(await store.policies.set(id, type, policy, origin()));
    end();
    value(await store.policies.set(id, type, policy, origin()));
    assert.deepEqual(told, [2]);
  });

  test('reports changes of another instance when a refresh is requested', async () => {
    await using database = await create();
    const writer = await database.open();
    const reader = await database.open({ pollIntervalMs: never });
    const told: number[] = [];
    reader.changes.subscribe(({ revision }) => void told.push(revision));
    for (let index = 0; index < 7; index += 1) value(await writer.settings.set('s', index, origin()));
    assert.equal((await reader.changes.refresh()).revision, 7);
    assert.deepEqual(told, [1, 2, 3, 4, 5, 6, 7]);
  });

  test('polls after the interval', async () => {
    await using database = await create();
    const writer = await database.open();
    const reader = await database.open({ pollIntervalMs: 5 });
    const told = nextChange(reader);
    value(await writer.settings.set('s', 1, origin()));
    assert.equal((await told).revision, 1);
  });

  test('repeats a change to a listener that failed, and is not fresh until it succeeds', async () => {
    await using database = await create();
    const errors: unknown[] = [];
    const store = await database.open({ pollIntervalMs: never, onListenerError: (error) => void errors.push(error) });
    const failure = new Error('cache is full');
    let failing = true;
    const told: number[] = [];
    const other: number[] = [];
    store.changes.subscribe(({ revision }) => void other.push(revision));
    store.changes.subscribe(({ revision }) => {
      if (failing) throw failure;
      told.push(revision);
    });
    value(await store.settings.set('s', 1, origin()));
    // On PostgreSQL the change may be told more than once: by the call itself and by the notification.
    assert.deepEqual([told, other, [...new Set(errors)]], [[], [1], [failure]]);
    assert.equal(store.freshness().revision, 0);
    failing = false;
    assert.equal((await store.changes.refresh()).revision, 1);
    assert.deepEqual([told, other], [[1], [1]]);
  });

  test('is not fresh when the store was rolled back to an older revision: store-rolled-back', async () => {
    await using database = await create();
    const store = await database.open({ pollIntervalMs: never });
    value(await store.settings.set('s', 1, origin()));
    const [state] = await database.sql('select head, mac from store_state');
    value(await store.settings.set('s', 2, origin()));
    await database.sql('delete from documents where revision = 2');
    await database.sql(
      `update store_state set revision = 1, head = '${String(state?.head)}', mac = '${String(state?.mac)}'`,
    );
    const { refusal } = await store.changes.refresh();
    assert.equal(refusal?.code, 'store-rolled-back');
  });

  test('is not fresh when a change is missing from the feed: row-tampered', async () => {
    await using database = await create();
    const writer = await database.open();
    const reader = await database.open({ pollIntervalMs: never });
    const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
    const told = new Promise<void>((resolve) => {
      reader.changes.subscribe(() => {
        resolve();
        return gate;
      });
    });
    value(await writer.settings.set('s', 1, origin()));
    const looked = reader.changes.refresh();
    await told;
    value(await writer.settings.set('s', 2, origin()));
    await database.sql('delete from documents where revision = 2');
    openGate();
    await looked;
    const { revision, refusal } = await reader.changes.refresh();
    assert.deepEqual([revision, refusal?.code], [1, 'row-tampered']);
    assert.equal(code(await reader.check()), 'row-tampered');
  });

  test('confirms a change everywhere once it is applied', async () => {
    await using database = await create();
    const writer = await database.open();
    const reader = await database.open();
    const told: number[] = [];
    reader.changes.subscribe(({ revision }) => void told.push(revision));
    const { revision } = value(await writer.settings.set('s', 1, origin()));
    assert.deepEqual(await writer.confirmed(revision), { ok: true, value: undefined });
    if (writer.kind === 'postgres') assert.deepEqual(told, [1]);
  });
}

function nextChange(store: Store): Promise<StoreChange> {
  return new Promise((resolve) => {
    const end = store.changes.subscribe((change) => {
      end();
      resolve(change);
    });
  });
}

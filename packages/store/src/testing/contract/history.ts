import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MarkFile } from '../../cluster/high-water-mark.ts';
import type { Store } from '../../store.ts';
import { type CreateDatabase, code, createProvider, origin, value } from '../backends.ts';
import { createBeforeLinks } from '../before-links.ts';

const type = 'SgxEnclave';
const never = 3_600_000;
const policy = (content: string) => ({ content, digest: 'd', signer: null });

/** A mark that is kept in memory. */
function createMark(): MarkFile & { text: string | undefined } {
  return {
    text: undefined,
    read() {
      return this.text;
    },
    write(text) {
      this.text = text;
    },
  };
}

const contentOf = async (store: Store, id: string): Promise<unknown> =>
  value(await store.policies.current(id, type))?.content;

/** What every store must notice when its database is set back to an earlier state, and how that is accepted. */
export function historyContract(create: CreateDatabase): void {
  test('detects a database that was rolled back under two running instances, and makes no change until an operator accepts it', async () => {
    await using database = await create();
    const one = await database.open({ pollIntervalMs: never });
    const other = await database.open({ pollIntervalMs: never });
    const { id } = await createProvider(one);
    value(await one.policies.set(id, type, policy('first'), origin()));
    const restore = await database.backUp();
    value(await one.policies.set(id, type, policy('second'), origin()));
    await other.changes.refresh();
    await restore();

    for (const store of [one, other]) {
      // Also before the next look at the feed.
      assert.equal(code(await store.settings.set('s', 1, origin())), 'store-rolled-back');
      const { refusal, ageMs } = await store.changes.refresh();
      assert.deepEqual([refusal?.code, ageMs], ['store-rolled-back', Number.POSITIVE_INFINITY]);
      assert.equal(store.history().refusal?.code, 'store-rolled-back');
      assert.equal(code(await store.check()), 'store-rolled-back');
    }

    const replaced: string[] = [];
    one.changes.whenReplaced(() => void replaced.push('one'));
    other.changes.whenReplaced(() => void replaced.push('other'));
    const operator = await database.open();
    value(await operator.acceptRestore(origin({ actor: 'an operator' })));
    for (const store of [one, other]) {
      assert.equal((await store.changes.refresh()).refusal, undefined);
      assert.deepEqual(store.history(), {});
      assert.equal(await contentOf(store, id), 'first');
    }
    assert.deepEqual(replaced.sort(), ['one', 'other']);
    value(await one.policies.set(id, type, policy('third'), origin()));
    assert.equal((await other.changes.refresh()).revision, 4);
    assert.deepEqual(value(await one.check()), value(await other.check()));
  });

  test('detects a database that was rolled back and changed since, though it has more changes than were seen', async () => {
    await using database = await create();
    const seen = await database.open({ pollIntervalMs: never });
    const { id } = await createProvider(seen);
    const restore = await database.backUp();
    value(await seen.policies.set(id, type, policy('second'), origin()));
    await restore();
    const unaware = await database.open();
    for (const text of ['another', 'more']) value(await unaware.policies.set(id, type, policy(text), origin()));
    assert.equal((await seen.changes.refresh()).refusal?.code, 'store-rolled-back');
    assert.equal(code(await seen.policies.set(id, type, policy('third'), origin())), 'store-rolled-back');
  });

  test('detects at the next start, by the high-water mark, a database that was rolled back while no instance ran', async () => {
    await using database = await create();
    const markFile = createMark();
    const before = await database.open({ markFile });
    const { id } = await createProvider(before);
    const restore = await database.backUp();
    value(await before.policies.set(id, type, policy('second'), origin()));
    await before.close();
    await restore();

    const after = await database.open({ markFile, pollIntervalMs: never });
    assert.equal(after.history().refusal?.code, 'store-rolled-back');
    assert.equal(code(await after.policies.set(id, type, policy('third'), origin())), 'store-rolled-back');
    value(await after.acceptRestore(origin()));
    assert.deepEqual(after.history(), {});
    await after.close();
    const again = await database.open({ markFile });
    assert.deepEqual(again.history(), {});
    value(await again.policies.set(id, type, policy('third'), origin()));
  });

  test('detects versions that were deleted together with an older state: store-rolled-back', async () => {
    await using database = await create();
    const markFile = createMark();
    const store = await database.open({ markFile, pollIntervalMs: never });
    const { id } = await createProvider(store);
    value(await store.policies.set(id, type, policy('first'), origin()));
    const [old] = await database.sql('select head, mac from store_state');
    value(await store.policies.set(id, type, policy('second'), origin()));
    await database.sql('delete from documents where revision = 3');
    await database.sql(
      `update store_state set revision = 2, head = '${String(old?.head)}', mac = '${String(old?.mac)}'`,
    );
    assert.equal(code(await store.check()), 'store-rolled-back');
    assert.equal((await store.changes.refresh()).refusal?.code, 'store-rolled-back');
    assert.equal(code(await (await database.open({ markFile })).check()), 'store-rolled-back');
  });

  test('detects versions that were deleted while nothing else changed: row-tampered, and accepts no restore', async () => {
    await using database = await create();
    const store = await database.open({ pollIntervalMs: never });
    const { id } = await createProvider(store);
    value(await store.policies.set(id, type, policy('first'), origin()));
    await database.sql('delete from documents where revision = 1');
    assert.equal((await store.changes.refresh()).refusal?.code, 'row-tampered');
    assert.equal(store.history().refusal?.code, 'row-tampered');
    assert.equal(code(await store.acceptRestore(origin())), 'row-tampered');
  });

  test('detects a different store in place of the known one, and one that an operator replaced before', async () => {
    await using database = await create();
    const markFile = createMark();
    const store = await database.open({ markFile, pollIntervalMs: never });
    await createProvider(store);
    const restoreReplaced = await database.backUp();
    value(await store.acceptRestore(origin()));
    const restoreAccepted = await database.backUp();
    await restoreReplaced();
    assert.equal((await store.changes.refresh()).refusal?.code, 'store-rolled-back');
    await restoreAccepted();
    assert.equal((await store.changes.refresh()).refusal, undefined);
    // One acceptance more: what was accepted before must not come back as if it were new.
    value(await store.acceptRestore(origin()));
    await restoreAccepted();
    assert.equal((await store.changes.refresh()).refusal?.code, 'store-rolled-back');
  });

  test('treats a changed mark as one that matches no store, until an operator accepts the current store', async () => {
    await using database = await create();
    const markFile = createMark();
    await createProvider(await database.open({ markFile }));
    markFile.text = markFile.text?.replace('\\"revision\\":1', '\\"revision\\":0');
    const store = await database.open({ markFile, pollIntervalMs: never });
    assert.equal(store.history().refusal?.code, 'store-rolled-back');
    value(await store.acceptRestore(origin()));
    assert.deepEqual(store.history(), {});
  });

  test('continues when the mark cannot be written, and reports it', async () => {
    await using database = await create();
    const fault = new Error('read-only file system');
    const markFile: MarkFile = {
      read: () => undefined,
      write: () => {
        throw fault;
      },
    };
    const store = await database.open({ markFile });
    await createProvider(store);
    assert.deepEqual(store.history(), { markFault: fault });
  });

  test('detects a version whose link was changed, and a state of another history: row-tampered', async () => {
    await using database = await create();
    const store = await database.open({ pollIntervalMs: never });
    const { id } = await createProvider(store);
    value(await store.policies.set(id, type, policy('first'), origin()));
    await database.sql(`update documents set link = 'x' where revision = 1`);
    assert.equal(code(await store.check()), 'row-tampered');
  });

  test('chains the versions of a store with the previous schema', async () => {
    await using database = await create();
    const id = await createBeforeLinks(database);
    const store = await database.open();
    assert.equal(await contentOf(store, id), 'first');
    assert.equal(value(await store.check()).revision, 2);
    value(await store.policies.set(id, type, policy('second'), origin()));
    assert.equal(value(await store.check()).revision, 3);
  });

  test('does not chain a store whose state was changed: row-tampered', async () => {
    await using database = await create();
    await createBeforeLinks(database);
    await database.sql('update store_state set revision = 1');
    await assert.rejects(database.open(), /row-tampered/);
  });
}

/** The signing keys of a provider in the store: over restarts, on schedule, agreed on by several instances, never lost. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Store } from '@atesto/store';
import { createSqlite, draft, origin, type TestDatabase, value } from '@atesto/store/testing';
import type { RotationSchedule, SealingSecret, SigningAlgorithm } from '@atesto/token';
import { trustedClock } from './__fixtures__/stored-keys.ts';
import { SealedKeyStore } from './key-stores.ts';
import { StoredKeys } from './stored-keys.ts';

const issuer = 'https://attest.example.org';
const schedule: RotationSchedule = {
  signingSeconds: 1000,
  leadSeconds: 100,
  tokenLifetimeSeconds: 50,
  clientCacheSeconds: 20,
};
const start = Date.UTC(2026, 10, 1);
const at = (seconds: number): Date => new Date(start + seconds * 1000);
const secret = (byte: number): SealingSecret => ({ kind: 'key', key: new Uint8Array(32).fill(byte) });

interface Changes {
  readonly algorithm?: SigningAlgorithm;
  readonly secret?: SealingSecret;
}

async function providerOf(store: Store): Promise<string> {
  const found = value(await store.providers.byName('contoso'));
  return (found ?? value(await store.providers.create(draft(), origin()))).id;
}

async function open(store: Store, seconds: number, changes: Changes = {}): Promise<StoredKeys> {
  const keyStore = new SealedKeyStore(changes.secret ?? secret(1));
  const algorithm = changes.algorithm ?? 'ES256';
  const providerId = await providerOf(store);
  const parts = { store, providerId, issuer, algorithm, schedule, keyStore, sealedKeyStore: keyStore };
  return StoredKeys.open({ ...parts, guard: trustedClock, deletionDelayMs: 0 }, at(seconds));
}

const kids = (keys: StoredKeys, seconds: number): string[] => keys.published(at(seconds)).map(({ kid }) => kid);
const states = (keys: StoredKeys, seconds: number): string[] => keys.list(at(seconds)).map(({ state }) => state);

/** A store of its own, and a second instance on it. */
async function twoStores(): Promise<{ database: TestDatabase; one: Store; other: Store }> {
  const database = await createSqlite();
  return { database, one: await database.open(), other: await database.open() };
}

describe('the signing keys of a provider', () => {
  test('are the same after a restart', async () => {
    await using database = await createSqlite();
    const first = await open(await database.open(), 0);
    const second = await open(await database.open(), 10);
    const [a, b] = [first.current(at(10)), second.current(at(10))];
    assert.equal(b.kid, a.kid);
    assert.ok('privateKey' in a && 'privateKey' in b && b.privateKey.equals(a.privateKey));
  });

  test('rotate: the next one is published ahead of its time, the old one while its tokens live, then it is gone', async () => {
    await using database = await createSqlite();
    const keys = await open(await database.open(), 0);
    const old = keys.current(at(0)).kid;
    assert.equal(await keys.rotateWhenDue(at(899)), false);
    assert.equal(await keys.rotateWhenDue(at(900)), true);
    assert.equal(keys.current(at(999)).kid, old);
    const next = keys.current(at(1000)).kid;
    assert.notEqual(next, old);
    assert.deepEqual(kids(keys, 900), [old, next]);
    assert.deepEqual(
      [states(keys, 900), states(keys, 1000)],
      [
        ['current', 'coming'],
        ['retired', 'current'],
      ],
    );
    assert.deepEqual(kids(await open(await database.open(), 1070), 1070), [next, old]);
    assert.deepEqual(kids(keys, 1071), [next]);
  });

  test('leave nothing of their private part behind when they are dropped', async () => {
    await using database = await createSqlite();
    const store = await database.open();
    const keys = await open(store, 0);
    const old = keys.current(at(0)).kid;
    await keys.rotateWhenDue(at(900));
    await keys.rotateWhenDue(at(1900));
    assert.equal(await keys.destroyRetired(at(1900)), 1);
    const rows = await database.sql('select key_id from sealed_keys');
    assert.deepEqual(
      rows.map(({ key_id }) => key_id).sort(),
      keys
        .list(at(1900))
        .map(({ kid }) => kid)
        .sort(),
    );
    assert.ok(!rows.some(({ key_id }) => key_id === old));
  });

  test('are replaced without a gap when the algorithm is changed', async () => {
    await using database = await createSqlite();
    const before = await open(await database.open(), 0);
    const after = await open(await database.open(), 10, { algorithm: 'ES384' });
    assert.equal(after.current(at(109)).kid, before.current(at(0)).kid);
    assert.equal(after.current(at(110)).algorithm, 'ES384');
  });

  test('are sealed where they rest', async () => {
    await using database = await createSqlite();
    const keys = await open(await database.open(), 0);
    const current = keys.current(at(0));
    assert.ok('privateKey' in current);
    const { d = '' } = current.privateKey.export({ format: 'jwk' });
    const rows = await database.sql('select sealed from sealed_keys');
    const [{ sealed } = {}] = rows;
    assert.ok(sealed instanceof Uint8Array);
    assert.ok(!Buffer.from(sealed).includes(d));
  });

  test('are not opened by another secret, nor when the sealed part was changed', async () => {
    await using database = await createSqlite();
    await open(await database.open(), 0);
    const store = await database.open();
    await assert.rejects(open(store, 0, { secret: secret(2) }), /secret-wrong/);
    await database.sql("update sealed_keys set sealed = x'7b7d'");
    await assert.rejects(open(await database.open(), 0), /the sealed key is not the one that was stored/);
  });

  test('of two instances that open and rotate at the same time are one ring, one key at a time', async () => {
    const { database, one, other } = await twoStores();
    await using _ = database;
    await providerOf(one);
    const [a, b] = await Promise.all([open(one, 0), open(other, 0)]);
    await Promise.all([one.changes.refresh(), other.changes.refresh()]);
    assert.deepEqual(kids(a, 0), kids(b, 0));
    assert.equal(kids(a, 0).length, 1);
    await Promise.all([a.rotateWhenDue(at(900)), b.rotateWhenDue(at(900))]);
    await Promise.all([one.changes.refresh(), other.changes.refresh()]);
    assert.deepEqual(kids(a, 900), kids(b, 900));
    assert.equal(kids(a, 900).length, 2);
    assert.equal((await database.sql('select key_id from sealed_keys')).length, 2);
  });

  test('rotate by command: the new one signs after the lead', async () => {
    await using database = await createSqlite();
    const keys = await open(await database.open(), 0);
    const old = keys.current(at(0)).kid;
    assert.equal(await keys.rotate(at(10), origin()), true);
    assert.equal(keys.current(at(109)).kid, old);
    assert.notEqual(keys.current(at(110)).kid, old);
  });

  test('may be imported', async () => {
    await using database = await createSqlite();
    const keys = await open(await database.open(), 0);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    assert.deepEqual(await keys.importKey(privateKey, at(10), origin()), { ok: true, value: true });
    assert.deepEqual(await keys.importKey(privateKey, at(20), origin()), { ok: true, value: false });
    const current = keys.current(at(110));
    assert.ok('privateKey' in current && current.privateKey.equals(privateKey));
  });

  test('may be imported at the same time, by two instances too: each is in the ring, and can be opened', async () => {
    await using database = await createSqlite();
    const store = await database.open();
    const [one, two] = [await open(store, 0), await open(store, 0)];
    const imported = Array.from({ length: 6 }, () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    const outcomes = await Promise.all(
      imported.map((key, index) => (index % 2 === 0 ? one : two).importKey(key, at(1), origin())),
    );
    assert.deepEqual(outcomes, Array(6).fill({ ok: true, value: true }));
    const again = await open(store, 2);
    assert.deepEqual(states(again, 2), ['current', ...Array(6).fill('coming')]);
    assert.equal((await database.sql('select key_id from sealed_keys')).length, 7);
  });

  test('rotate as often as they are told to, also at the same time', async () => {
    await using database = await createSqlite();
    const keys = await open(await database.open(), 0);
    const rotated = await Promise.all(Array.from({ length: 12 }, () => keys.rotate(at(1), origin())));
    assert.deepEqual(rotated, Array(12).fill(true));
  });

  test('that are withdrawn are not imported again', async () => {
    await using database = await createSqlite();
    const keys = await open(await database.open(), 0);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    assert.ok((await keys.importKey(privateKey, at(1), origin())).ok);
    await keys.withdraw(kids(keys, 1).at(-1) ?? '', at(2), origin());
    const outcome = await keys.importKey(privateKey, at(3), origin());
    assert.equal(outcome.ok ? 'imported' : outcome.refusal.code, 'key-unusable');
  });

  test('that are withdrawn are published no longer, and another one signs at once', async () => {
    await using database = await createSqlite();
    const keys = await open(await database.open(), 0);
    const stolen = keys.current(at(0)).kid;
    assert.equal(await keys.withdraw('unknown', at(10), origin()), false);
    assert.equal(await keys.withdraw(stolen, at(10), origin()), true);
    const next = keys.current(at(10)).kid;
    assert.notEqual(next, stolen);
    assert.deepEqual(kids(keys, 10), [next]);
  });

  test('are refused when the ring was changed behind the service’s back', async () => {
    await using database = await createSqlite();
    await open(await database.open(), 0);
    await database.sql(
      "update documents set content = replace(content, 'ES256', 'ES384') where name like 'signing-ring/%'",
    );
    await assert.rejects(async () => open(await database.open(), 0), /row-tampered/);
  });
});

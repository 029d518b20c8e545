/** The databases on which every test of the store runs. */

import { randomBytes, randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Outcome } from '@atesto/core';
import type { StorageCode } from '../codes.ts';
import type { ChangeOrigin } from '../documents/document.ts';
import type { ProviderVersion } from '../documents/provider.ts';
import type { ProviderDraft } from '../documents/providers.ts';
import { openStore, type Store, type StoreOptions } from '../store.ts';
import { type DatabaseServer, runSql } from './postgres-server.ts';

/** A database that exists for one test. */
export interface TestDatabase extends AsyncDisposable {
  /** How to open it. */
  readonly options: StoreOptions;
  /** Opens the store; it is closed with the database. */
  open(
    overrides?: Partial<
      Pick<StoreOptions, 'integrityKey' | 'pollIntervalMs' | 'leaseMs' | 'onListenerError' | 'markFile'>
    >,
  ): Promise<Store>;
  /** Runs a statement behind the store's back. */
  sql(text: string): Promise<Record<string, unknown>[]>;
  /** Backs the database up as an operator would, also while it is open; the answer puts it back. */
  backUp(): Promise<() => Promise<void>>;
}

/** Makes a database for one test. */
export type CreateDatabase = () => Promise<TestDatabase>;

/** The key of all stores in tests. */
export const integrityKey = new Uint8Array(32).fill(7);

/** A database in a file of its own. */
export async function createSqlite(): Promise<TestDatabase> {
  const directory = mkdtempSync(join(tmpdir(), 'atesto-store-'));
  const path = join(directory, 'store.sqlite');
  return testDatabase(
    { kind: 'sqlite', path, integrityKey },
    {
      sql: async (text) => {
        using database = new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: false });
        return database.prepare(text).all();
      },
      backUp: async () => copyOfFiles(path, join(directory, randomUUID())),
      remove: () => rmSync(directory, { recursive: true, force: true }),
    },
  );
}

/** A database of its own on the server. */
export async function createOnPostgres(server: DatabaseServer): Promise<TestDatabase> {
  const connectionString = await server.createDatabase();
  return testDatabase(
    { kind: 'postgres', connectionString, integrityKey },
    {
      sql: (text) => runSql(connectionString, text),
      backUp: () => copyOfRows(connectionString),
      remove: () => {},
    },
  );
}

function testDatabase(
  options: StoreOptions,
  database: Pick<TestDatabase, 'sql' | 'backUp'> & { remove(): void },
): TestDatabase {
  const stores: Store[] = [];
  return {
    options,
    open: async (overrides = {}) => {
      const store = await openStore({ ...options, ...overrides });
      stores.push(store);
      return store;
    },
    sql: database.sql,
    backUp: database.backUp,
    [Symbol.asyncDispose]: async () => {
      for (const store of stores) await store.close();
      database.remove();
    },
  };
}

/** The file with its write-ahead log; put back, they are other files than those that are open. */
function copyOfFiles(path: string, backup: string): () => Promise<void> {
  const ends = ['', '-wal'].filter((end) => existsSync(path + end));
  for (const end of ends) copyFileSync(path + end, backup + end);
  return async () => {
    for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
    for (const end of ends) copyFileSync(backup + end, path + end);
  };
}

const tables = ['store_state', 'documents', 'providers', 'sealed_keys', 'audit'];

/** The rows, in tables of another schema of the same database. */
async function copyOfRows(connectionString: string): Promise<() => Promise<void>> {
  const backup = `backup_${randomBytes(6).toString('hex')}`;
  const copies = tables.map((table) => `create table ${backup}.${table} as table public.${table}`);
  await runSql(connectionString, [`create schema ${backup}`, ...copies].join(';'));
  return async () => {
    const rows = tables.map((table) => `insert into public.${table} table ${backup}.${table}`);
    const statements = ['begin', `truncate ${tables.join(', ')}`, ...rows.toSorted(providersFirst), 'commit'];
    await runSql(connectionString, statements.join(';'));
  };
}

/** Sealed keys refer to providers. */
function providersFirst(a: string, b: string): number {
  return Number(b.includes('public.providers')) - Number(a.includes('public.providers'));
}

/** A change's origin; `atMs` counts up by what is given. */
export function origin(overrides: Partial<ChangeOrigin> = {}): ChangeOrigin {
  return {
    actor: 'alice@contoso.example',
    atMs: 1_790_000_000_000,
    requestId: 'r-1',
    address: '192.0.2.7',
    ...overrides,
  };
}

/** A provider as its creator describes it. */
export function draft(overrides: Partial<ProviderDraft> = {}): ProviderDraft {
  return {
    name: 'contoso',
    subscription: '11111111-2222-3333-4444-555555555555',
    resourceGroup: 'production',
    location: 'local',
    tags: { team: 'trust' },
    trustModel: 'AAD',
    status: 'Ready',
    settings: { baseline: 'azuredefault' },
    ...overrides,
  };
}

/** The value of an outcome that must be one. */
export function value<Value>(outcome: Outcome<Value, StorageCode>): Value {
  if (!outcome.ok)
    throw new Error(`refused: ${outcome.refusal.code} at ${outcome.refusal.where}: ${outcome.refusal.why}`);
  return outcome.value;
}

/** The code of an outcome that must be a refusal. */
export function code(outcome: Outcome<unknown, StorageCode>): StorageCode {
  if (outcome.ok) throw new Error('not refused');
  return outcome.refusal.code;
}

/** Makes a provider. */
export async function createProvider(store: Store, overrides: Partial<ProviderDraft> = {}): Promise<ProviderVersion> {
  return value(await store.providers.create(draft(overrides), origin()));
}

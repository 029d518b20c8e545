/** The databases on which every test of the store runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Outcome } from '@atesto/evidence';
import type { StorageCode } from '../codes.ts';
import type { ChangeOrigin } from '../document.ts';
import type { ProviderVersion } from '../provider.ts';
import type { ProviderDraft } from '../providers.ts';
import { openStore, type Store, type StoreOptions } from '../store.ts';
import { type PostgresServer, runSql } from './postgres-server.ts';

/** A database that exists for one test. */
export interface TestDatabase extends AsyncDisposable {
  /** How to open it. */
  readonly options: StoreOptions;
  /** Opens the store; it is closed with the database. */
  open(
    overrides?: Partial<Pick<StoreOptions, 'integrityKey' | 'pollIntervalMs' | 'leaseMs' | 'onListenerError'>>,
  ): Promise<Store>;
  /** Runs a statement behind the store's back. */
  sql(text: string): Promise<Record<string, unknown>[]>;
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
      remove: () => rmSync(directory, { recursive: true, force: true }),
    },
  );
}

/** A database of its own on the server. */
export async function createOnPostgres(server: PostgresServer): Promise<TestDatabase> {
  const connectionString = await server.createDatabase();
  return testDatabase(
    { kind: 'postgres', connectionString, integrityKey },
    {
      sql: (text) => runSql(connectionString, text),
      remove: () => {},
    },
  );
}

function testDatabase(
  options: StoreOptions,
  database: { sql(text: string): Promise<Record<string, unknown>[]>; remove(): void },
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
    [Symbol.asyncDispose]: async () => {
      for (const store of stores) await store.close();
      database.remove();
    },
  };
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

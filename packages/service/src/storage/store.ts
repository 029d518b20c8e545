/** The store of a service: everything that must outlive the process, on SQLite or PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { type Outcome, refuse } from '@atesto/evidence';
import type { AuditRows } from './audit-table.ts';
import { type Change, changeStore } from './change.ts';
import { checkStore, type StoreCheck } from './check.ts';
import { confirmedEverywhere } from './cluster.ts';
import type { StorageCode } from './codes.ts';
import type { StoreContext } from './context.ts';
import type { DocumentSource } from './documents.ts';
import type { Engine } from './engine.ts';
import { readChanges } from './feed.ts';
import { guard, guarded } from './guard.ts';
import { Integrity } from './integrity.ts';
import { Keys } from './keys.ts';
import { migrate } from './migrations.ts';
import { Policies } from './policies.ts';
import { postgresEngine } from './postgres/engine.ts';
import { Providers } from './providers.ts';
import { Settings } from './settings.ts';
import { Signers } from './signers.ts';
import { sqliteEngine } from './sqlite/engine.ts';
import { type ChangeListener, ChangeWatcher, type Freshness } from './watcher.ts';

/** Where the store is, and how it is watched. */
export type StoreOptions = (SqliteOptions | PostgresOptions) & {
  /** The key of the rows' integrity codes: at least 32 random bytes, the same for all instances, kept outside the database. */
  readonly integrityKey: Uint8Array;
  /** The pause between looks at the change feed that nothing else causes, in milliseconds; default 500. */
  readonly pollIntervalMs?: number | undefined;
  /**
   * How long an instance counts as alive after its last sign, in milliseconds; default 5000. A service must stop answering
   * from what it cached when {@link Freshness.ageMs} reaches this.
   */
  readonly leaseMs?: number | undefined;
  /** Told what a change listener threw; default: ignored, freshness then stops. */
  readonly onListenerError?: ((error: unknown) => void) | undefined;
  /** Milliseconds since 1970-01-01T00:00Z; default: the system's clock. Only stamps migrations. */
  readonly nowMs?: (() => number) | undefined;
};

/** The embedded database. */
export interface SqliteOptions {
  readonly kind: 'sqlite';
  /** The file; made when it is not there. */
  readonly path: string;
}

/** A PostgreSQL server, for one or several instances. */
export interface PostgresOptions {
  readonly kind: 'postgres';
  /** `postgres://user:password@host:port/database?options`. */
  readonly connectionString: string;
  /** Connections for queries, besides the one that listens; default 5. */
  readonly poolSize?: number | undefined;
  /** How long connecting may take, in milliseconds; default 5000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long one query may take, in milliseconds; default 10000. */
  readonly queryTimeoutMs?: number | undefined;
}

/** Watching the changes of all instances. */
export interface StoreChanges {
  /** Calls `listener` with every change from now on, in order, each once; returns what ends that. */
  subscribe(listener: ChangeListener): () => void;
  /** Looks at the feed now; resolves when this process's listeners know what was there. */
  refresh(): Promise<Freshness>;
}

/** An open store. */
export interface Store {
  readonly kind: 'sqlite' | 'postgres';
  readonly providers: Providers;
  readonly policies: Policies;
  readonly signers: Signers;
  readonly keys: Keys;
  readonly settings: Settings;
  readonly audit: AuditRows;
  readonly changes: StoreChanges;
  /** How far this process knows the changes, and how old that knowledge is. */
  freshness(): Freshness;
  /**
   * Resolves when every live instance has taken in a change (see `VersionFacts.revision`). Refuses with `cluster-unconfirmed`
   * after `timeoutMs`; default: twice the lease.
   */
  confirmed(revision: number, timeoutMs?: number): Promise<Outcome<void, StorageCode>>;
  /** Verifies every row that has an integrity code. Refuses with `row-tampered`. */
  check(): Promise<Outcome<StoreCheck, StorageCode>>;
  /** Ends the watch and closes the connections. */
  close(): Promise<void>;
}

/**
 * Opens the store and brings its schema up to date. Throws `Refused` with `store-unavailable`, `store-newer`, `row-tampered`
 * (also: another integrity key than before) or `integrity-key-invalid`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const integrity = new Integrity(options.integrityKey);
  const engine = await guarded(() => openEngine(options));
  try {
    await guarded(() => migrate(engine.db, engine.schema, integrity, options.nowMs ?? Date.now));
    return await assemble(engine, integrity, options);
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function openEngine(options: StoreOptions): Promise<Engine> {
  return options.kind === 'sqlite' ? sqliteEngine(options.path) : postgresEngine(options);
}

async function assemble(engine: Engine, integrity: Integrity, options: StoreOptions): Promise<Store> {
  const source: DocumentSource = { db: engine.db, integrity };
  const instance = randomUUID();
  const leaseMs = options.leaseMs ?? 5000;
  const watcher = new ChangeWatcher({
    read: (revision) => guard(() => readChanges(source, revision)),
    confirm: (revision) => guard(async () => engine.cluster?.confirm(instance, revision)),
    onListenerError: options.onListenerError ?? (() => {}),
    pollIntervalMs: options.pollIntervalMs ?? 500,
    clock: () => ({ steady: performance.now(), wall: Date.now() }),
  });
  const context: StoreContext = { source, change: (work) => changed(engine, source, watcher, work) };
  const stopListening = await engine.listen(() => void watcher.poke());
  await watcher.start();
  const { refusal } = watcher.freshness();
  if (refusal !== undefined) {
    await stopListening();
    refuse(refusal.code, refusal.where, refusal.why);
  }
  return {
    kind: engine.kind,
    providers: new Providers(context),
    policies: new Policies(context),
    signers: new Signers(context),
    keys: new Keys(context),
    settings: new Settings(context),
    audit: engine.audit,
    changes: {
      subscribe: (listener) => watcher.subscribe(listener),
      refresh: () => watcher.poke().then(() => watcher.freshness()),
    },
    freshness: () => watcher.freshness(),
    confirmed: (revision, timeoutMs = 2 * leaseMs) =>
      guard(async () => {
        await watcher.poke();
        if (engine.cluster !== undefined) await confirmedEverywhere(engine.cluster, revision, leaseMs, timeoutMs);
      }),
    check: () => guard(() => checkStore(source)),
    close: async () => {
      await stopListening();
      await watcher.close();
      await guard(async () => engine.cluster?.leave(instance));
      await engine.close();
    },
  };
}

function changed<Value>(
  engine: Engine,
  source: DocumentSource,
  watcher: ChangeWatcher,
  work: (change: Change) => Promise<Value>,
): Promise<Outcome<Value, StorageCode>> {
  return guard(async () => {
    const { value } = await changeStore(source, engine.announce, work);
    await watcher.poke();
    return value;
  });
}

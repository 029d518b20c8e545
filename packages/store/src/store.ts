/** The store of a service: everything that must outlive the process, on SQLite or PostgreSQL. */

import { randomUUID } from 'node:crypto';
import { type Outcome, type Refusal, refuse } from '@atesto/core';
import { type AuditRows, openAuditRows } from './audit/rows/rows.ts';
import { StoreClock } from './cluster/clock.ts';
import { confirmedEverywhere } from './cluster/confirmation.ts';
import { readChanges } from './cluster/feed.ts';
import { HighWaterMark, type MarkFile } from './cluster/high-water-mark.ts';
import {
  type ChangeListener,
  type ChangePage,
  ChangeWatcher,
  type Freshness,
  historyCodes,
} from './cluster/watcher.ts';
import type { StorageCode } from './codes.ts';
import { asOutcome, isSchemaMismatch, orRefuse } from './database/database-errors.ts';
import type { Engine } from './database/engine.ts';
import { migrate } from './database/migrations.ts';
import { type Change, type ChangeDeps, changeStore, type StoreContext } from './documents/change.ts';
import { acceptRestore, checkStore, type StoreCheck } from './documents/check.ts';
import { Deletions } from './documents/deletions.ts';
import type { ChangeOrigin } from './documents/document.ts';
import type { DocumentSource } from './documents/documents.ts';
import { type Position, refuseRolledBack, verifyState } from './documents/history.ts';
import { Integrity } from './documents/integrity.ts';
import { Keys } from './documents/keys.ts';
import { Policies } from './documents/policies.ts';
import { Providers } from './documents/providers.ts';
import { Settings } from './documents/settings.ts';
import { Signers } from './documents/signers.ts';
import { postgresEngine } from './postgres/engine.ts';
import { sqliteEngine } from './sqlite/engine.ts';

/** Where the store is, and how it is watched. */
export type StoreOptions = (SqliteOptions | PostgresOptions) & {
  /** The key of the rows' integrity codes: at least 32 random bytes, the same for all instances, kept outside the database. */
  readonly integrityKey: Uint8Array;
  /** The interval between polls of the change feed, in milliseconds; default 500. */
  readonly pollIntervalMs?: number | undefined;
  /**
   * How long an instance counts as alive after its last sign, in milliseconds; default 5000. A service must stop answering
   * from what it cached when {@link Freshness.ageMs} reaches this.
   */
  readonly leaseMs?: number | undefined;
  /** Keeps the high-water mark of this instance; absent: a database that was rolled back while no instance ran is not detected. */
  readonly markFile?: MarkFile | undefined;
  /** Called with what a change listener threw; by default ignored. Freshness then stops. */
  readonly onListenerError?: ((error: unknown) => void) | undefined;
  /** Milliseconds since 1970-01-01T00:00Z; default: the system's clock. Stamps migrations, and is compared with the other instances. */
  readonly nowMs?: (() => number) | undefined;
};

/** The embedded database. */
export interface SqliteOptions {
  readonly kind: 'sqlite';
  /** The file; created if it does not exist. */
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
  /** Calls `listener` with every change from now on, in order, each once. Returns a function that stops this. */
  subscribe(listener: ChangeListener): () => void;
  /** Polls the feed now. Resolves when this process's listeners have applied what was there. */
  refresh(): Promise<Freshness>;
  /** Calls `listener` after every poll of the feed, whether or not it succeeded. Returns a function that stops this. */
  afterPoll(listener: () => void): () => void;
  /**
   * Calls `listener` when an operator accepted a restored database in place of the one that this process knew: everything that was
   * read from it must be read again. It must not wait. Returns a function that stops this.
   */
  whenReplaced(listener: () => void): () => void;
}

/** Whether the store's history continues the one that this instance knows. */
export interface StoreHistory {
  /** Why it is not: `store-rolled-back` or `row-tampered`; absent while it is. */
  readonly refusal?: Refusal<StorageCode>;
  /** The error of the last write of the high-water mark; absent when it succeeded. */
  readonly markFault?: unknown;
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
  /** What the store knows about time. */
  readonly clock: StoreClock;
  /** What is to be deleted permanently. */
  readonly deletions: Deletions;
  readonly changes: StoreChanges;
  /** Which changes this process knows, and how old that knowledge is. */
  freshness(): Freshness;
  /**
   * Resolves when every live instance has applied a change (see `VersionFacts.revision`). Refuses with `cluster-unconfirmed`
   * after `timeoutMs`; default: twice the lease.
   */
  confirmed(revision: number, timeoutMs?: number): Promise<Outcome<void, StorageCode>>;
  /** Whether the store's history is the one that this instance knows; until it is, no change is made. */
  history(): StoreHistory;
  /**
   * Verifies every row that has an integrity code, and that the history continues what this instance knows. Refuses with
   * `row-tampered`, `store-rolled-back`.
   */
  check(): Promise<Outcome<StoreCheck, StorageCode>>;
  /**
   * Accepts a database that was restored from a backup. It becomes a new incarnation, which all instances accept in place of the one that
   * they know. Refuses with `row-tampered`.
   */
  acceptRestore(origin: ChangeOrigin): Promise<Outcome<Position, StorageCode>>;
  /** Stops watching and closes the connections. */
  close(): Promise<void>;
}

/**
 * Opens the store and brings its schema up to date. Throws `Refused` with `store-unavailable`, `store-newer`, `row-tampered`
 * (also: another integrity key than before) or `integrity-key-invalid`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const integrity = new Integrity(options.integrityKey);
  const engine = await orRefuse(() => openEngine(options));
  try {
    await orRefuse(() => migrate(engine.db, engine.schema, integrity, options.nowMs ?? Date.now));
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
  const nowMs = options.nowMs ?? Date.now;
  await orRefuse(() => verifyState(source));
  const mark = await orRefuse(() => HighWaterMark.open(source, options.markFile));
  const watcher = new ChangeWatcher(
    {
      read: (known) => readFeed(engine, source, known, mark.replaced),
      confirm: (revision) => asOutcome(async () => engine.cluster?.confirm(instance, revision, nowMs())),
      onMoved: (position, replaced) => mark.advance(position, replaced),
      onListenerError: options.onListenerError ?? (() => {}),
      pollIntervalMs: options.pollIntervalMs ?? 500,
      clock: () => ({ steady: performance.now(), wall: Date.now() }),
    },
    mark.known,
  );
  const context: StoreContext = {
    source,
    change: (work) => changed(source, { announce: engine.announce, known: () => watcher.known }, watcher, work),
  };
  const clock = new StoreClock({ context, cluster: engine.cluster, instance, leaseMs });
  const stopListening = await engine.listen(() => void watcher.requestRefresh());
  await watcher.start();
  const { refusal } = watcher.freshness();
  if (refusal !== undefined && !historyCodes.has(refusal.code)) {
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
    audit: openAuditRows(engine.audit, engine.db, integrity.audit, options.nowMs),
    clock,
    deletions: new Deletions(context, clock),
    changes: {
      subscribe: (listener) => watcher.subscribe(listener),
      refresh: () => watcher.requestRefresh().then(() => watcher.freshness()),
      afterPoll: (listener) => watcher.afterPoll(listener),
      whenReplaced: (listener) => watcher.whenReplaced(listener),
    },
    freshness: () => watcher.freshness(),
    confirmed: (revision, timeoutMs = 2 * leaseMs) =>
      asOutcome(async () => {
        await watcher.requestRefresh();
        if (engine.cluster !== undefined) await confirmedEverywhere(engine.cluster, revision, leaseMs, timeoutMs);
      }),
    history: () => historyOf(watcher.freshness().refusal, mark.fault),
    check: () => asOutcome(() => checkStore(source, watcher.known)),
    acceptRestore: (origin) =>
      changed(source, { announce: engine.announce, known: () => undefined }, watcher, (change) =>
        acceptRestore(change, origin),
      ),
    close: async () => {
      await stopListening();
      await watcher.close();
      await asOutcome(async () => engine.cluster?.leave(instance));
      await engine.close();
    },
  };
}

function readFeed(
  engine: Engine,
  source: DocumentSource,
  known: Position | undefined,
  replaced: readonly string[],
): Promise<Outcome<ChangePage, StorageCode>> {
  return asOutcome(async () => {
    try {
      await engine.follow();
      return await readChanges(source, known, replaced);
    } catch (error) {
      // The database was recreated, or restored from an older release, under a running instance.
      if (isSchemaMismatch(error)) refuseRolledBack('its tables do not belong to this release');
      throw error;
    }
  });
}

function historyOf(refusal: Refusal<StorageCode> | undefined, markFault: unknown): StoreHistory {
  return {
    ...(refusal !== undefined && historyCodes.has(refusal.code) ? { refusal } : {}),
    ...(markFault === undefined ? {} : { markFault }),
  };
}

function changed<Value>(
  source: DocumentSource,
  parts: ChangeDeps,
  watcher: ChangeWatcher,
  work: (change: Change) => Promise<Value>,
): Promise<Outcome<Value, StorageCode>> {
  return asOutcome(async () => {
    const { value } = await changeStore(source, parts, work);
    await watcher.requestRefresh();
    return value;
  });
}

/** The shared database: PostgreSQL, for one or several instances of the service. */
import { type CompiledQuery, Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { Pool, types } from 'pg';
import { insertAuditJson } from '../audit/rows/table.ts';
import { orRefuse } from '../database/database-errors.ts';
import type { AuditEngine, ClusterRows, Engine, SchemaDialect } from '../database/engine.ts';
import type { Schema } from '../database/schema.ts';
import { changeChannel, listenForChanges } from './listener.ts';

/** How to reach the server; see `PostgresOptions` of the store. */
export interface PostgresConnection {
  readonly connectionString: string;
  readonly poolSize?: number | undefined;
  readonly connectTimeoutMs?: number | undefined;
  readonly queryTimeoutMs?: number | undefined;
}

// Any number will do, as long as nothing else that uses the database takes the same.
const migrationLock = 6_183_041_907;
const int8Type = 20;

const schema: SchemaDialect = {
  bytes: 'bytea',
  clustered: '',
  byteOrder: '"C"',
  lockMigrations: async (transaction: Transaction<Schema>) => {
    await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(transaction);
  },
};

/** Connects to the server. */
export async function postgresEngine(options: PostgresConnection): Promise<Engine> {
  const queryTimeoutMs = options.queryTimeoutMs ?? 10_000;
  const connection = {
    connectionString: options.connectionString,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5000,
    query_timeout: queryTimeoutMs,
    // The server aborts the statement too, so that no lock is held for an instance that is gone.
    statement_timeout: queryTimeoutMs,
    idle_in_transaction_session_timeout: queryTimeoutMs,
    keepAlive: true,
    application_name: 'atesto',
    // Whole numbers of the schema stay below 2^53; pg would hand out 64-bit ones as text.
    types: { getTypeParser: parserOf },
  };
  const pool = new Pool({
    ...connection,
    max: options.poolSize ?? 5,
    // A server may be set to answer before a commit is durable.
    onConnect: async (client) => {
      await client.query('set synchronous_commit = on');
    },
  });
  // A connection that breaks between queries, idle or inside a transaction, must not end the process: the next query reports it.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return {
    kind: 'postgres',
    db,
    schema,
    audit: auditEngine(db),
    announce: async (transaction, revision) => {
      await sql`select pg_notify(${changeChannel}, ${String(revision)})`.execute(transaction);
    },
    listen: (requestRefresh) => listenForChanges(connection, requestRefresh),
    cluster: clusterRows(db),
    // A connection to a database that is gone breaks, and the pool makes another.
    follow: async () => {},
    close: () => db.destroy(),
  };
}

function parserOf(oid: number, format?: 'text' | 'binary') {
  return oid === int8Type ? Number : types.getTypeParser(oid, format);
}

/** How long one statement of an audit query may take, in milliseconds. */
const auditReadMs = 2000;

function auditEngine(db: Kysely<Schema>): AuditEngine {
  return {
    append: (rows) => orRefuse(() => insertAuditJson(db, rows)),
    read: <Row>(query: CompiledQuery<Row>) =>
      orRefuse(() =>
        db
          .transaction()
          .setAccessMode('read only')
          .execute(async (transaction) => {
            await sql`set local statement_timeout = ${sql.lit(auditReadMs)}`.execute(transaction);
            return (await transaction.executeQuery(query)).rows;
          }),
      ),
    commit: (statements) =>
      orRefuse(async () => {
        try {
          await db.transaction().execute(async (transaction) => {
            for (const statement of statements) await transaction.executeQuery(statement);
          });
          return true;
        } catch (error) {
          if (isDuplicate(error)) return false;
          throw error;
        }
      }),
  };
}

/** SQLSTATE of a row whose key is taken. */
const uniqueViolation = '23505';

function isDuplicate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === uniqueViolation;
}

// Instances that have not been seen for this long are forgotten.
const forgetAfterMs = 86_400_000;
const databaseNowMs = sql<number>`floor(extract(epoch from clock_timestamp()) * 1000)::bigint`;

function clusterRows(db: Kysely<Schema>): ClusterRows {
  return {
    confirm: async (id, revision, wallMs) => {
      const seen = { revision, seen_at_ms: databaseNowMs, wall_ms: Math.floor(wallMs) };
      await db
        .insertInto('instances')
        .values({ id, ...seen })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(seen))
        .execute();
    },
    offsets: async (exceptId, leaseMs) => {
      const rows = await db
        .selectFrom('instances')
        .select(sql<number>`wall_ms - seen_at_ms`.as('offset_ms'))
        .where('id', '<>', exceptId)
        .where('wall_ms', 'is not', null)
        .where('seen_at_ms', '>', sql<number>`${databaseNowMs} - ${leaseMs}::bigint`)
        .execute();
      return rows.map(({ offset_ms: offset }) => offset);
    },
    nowMs: async () => {
      const { rows } = await sql<{ now: number }>`select ${databaseNowMs} as now`.execute(db);
      const [row] = rows;
      if (row === undefined) throw new Error('the database did not return its time');
      return row.now;
    },
    behind: async (revision, leaseMs) => {
      const { count } = await db
        .selectFrom('instances')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('revision', '<', revision)
        .where('seen_at_ms', '>', sql<number>`${databaseNowMs} - ${leaseMs}::bigint`)
        .executeTakeFirstOrThrow();
      return count;
    },
    leave: async (id) => {
      await db
        .deleteFrom('instances')
        .where((where) =>
          where.or([
            where('id', '=', id),
            where('seen_at_ms', '<', sql<number>`${databaseNowMs} - ${forgetAfterMs}::bigint`),
          ]),
        )
        .execute();
    },
  };
}

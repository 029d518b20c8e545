/** The one PostgreSQL server of a test run, on which each file makes databases of its own. */
import {
  createDatabaseOn,
  type DatabaseServer,
  type PostgresAttempt,
  runSql,
  startPostgres,
} from './postgres-server.ts';

/**
 * The server of the run, which `tools/offer-postgres.ts` starts when the first file asks for it; a file that runs alone starts its own.
 * It writes without `fsync`. Tests that stop and start a server start one themselves.
 */
export async function sharedPostgres(): Promise<PostgresAttempt<DatabaseServer>> {
  const address = process.env.TEST_POSTGRES;
  if (address === undefined) return startPostgres();
  const response = await fetch(address);
  const text = await response.text();
  return response.ok ? { server: databasesOn(text), skip: false } : { server: undefined, skip: text };
}

function databasesOn(server: string): DatabaseServer {
  const made: string[] = [];
  return {
    createDatabase: async () => {
      const url = await createDatabaseOn(server);
      made.push(url);
      return url;
    },
    dispose: async () => {
      for (const url of made) await runSql(server, `drop database ${new URL(url).pathname.slice(1)} with (force)`);
    },
  };
}

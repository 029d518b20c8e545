/** The databases on which tests of the service run: the embedded one, and PostgreSQL where it can be started. */
import { after } from 'node:test';
import { openStore, type Store } from '@atesto/store';
import { integrityKey, openTestStore, sharedPostgres } from '@atesto/store/testing';

/** One of them. */
export interface TestDatabase {
  readonly name: string;
  /** Why it cannot be used here; false: it can. */
  readonly skip: string | false;
  /** Opens a store of its own; the service that gets it closes it. */
  readonly open: () => Promise<Store>;
}

/** Starts PostgreSQL, which ends with the tests of the file. */
export async function testDatabases(): Promise<readonly TestDatabase[]> {
  const { server, skip } = await sharedPostgres();
  // Services are closed by hooks that were added before this one.
  after(() => server?.dispose());
  const onPostgres = async (): Promise<Store> => {
    if (server === undefined) throw new Error('no server');
    return openStore({ kind: 'postgres', connectionString: await server.createDatabase(), integrityKey });
  };
  return [
    { name: 'SQLite', skip: false, open: () => openTestStore() },
    { name: 'PostgreSQL', skip, open: onPostgres },
  ];
}

/** The same suite on every database. */
import { after, describe } from 'node:test';
import { type CreateDatabase, createOnPostgres, createSqlite } from './backends.ts';
import { changesContract } from './contract/changes.ts';
import { historyContract } from './contract/history.ts';
import { integrityContract } from './contract/integrity.ts';
import { keysContract } from './contract/keys.ts';
import { policiesContract } from './contract/policies.ts';
import { providersContract } from './contract/providers.ts';
import { sharedPostgres } from './shared-postgres.ts';

const { server, skip } = await sharedPostgres();
after(() => server?.dispose());

const databases: [string, string | false, CreateDatabase][] = [
  ['SQLite', false, createSqlite],
  [
    'PostgreSQL',
    skip,
    () => (server === undefined ? Promise.reject(new Error('no server')) : createOnPostgres(server)),
  ],
];

for (const [name, reason, create] of databases) {
  describe(`the store on ${name}`, { skip: reason }, () => {
    providersContract(create);
    policiesContract(create);
    keysContract(create);
    integrityContract(create);
    changesContract(create);
    historyContract(create);
  });
}

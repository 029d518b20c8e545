import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { refusalOf } from '../__fixtures__/enclave.ts';
import { serve } from '../__fixtures__/service.ts';
import { stateDirectory } from '../__fixtures__/state.ts';
import { ConfigRefused } from '../config/problem.ts';
import type { ServiceSettings } from '../config/schema.ts';
import { startPostgres } from '../storage/__fixtures__/postgres-server.ts';

const { server, skip } = await startPostgres();
after(() => server?.dispose());
const directory = stateDirectory();

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const integrityKeyFile = fileOf('integrity.key', Buffer.alloc(32, 3).toString('hex'));

/** `where [code]` of the first fault with which a service does not start. */
async function faultOf(storage: ServiceSettings['storage']): Promise<string> {
  try {
    await serve({ storage });
  } catch (error) {
    assert.ok(error instanceof ConfigRefused && !error.message.includes('secret-password'));
    return error.problems.map(({ where, code }) => `${where} [${code}]`).join();
  }
  return 'it started';
}

test('keeps the embedded database in the state directory, or where the setting says, for its user alone', async () => {
  const state = stateDirectory();
  await serve({ stateDirectory: state });
  assert.equal(statSync(join(state, 'store.sqlite')).mode & 0o777, 0o600);
  assert.equal(statSync(join(state, 'development', 'integrity.key')).mode & 0o777, 0o600);
  const path = join(directory, 'elsewhere', 'store.sqlite');
  await serve({ storage: { path, integrityKeyFile } });
  assert.ok(statSync(path).isFile());
});

test('serves from a PostgreSQL server that the settings name', { skip }, async () => {
  const connectionString = (await server?.createDatabase()) ?? assert.fail();
  const connectionStringFile = fileOf('connection', `${connectionString}\n`);
  const storage = { kind: 'postgres', connectionStringFile, integrityKeyFile } as const;
  const service = await serve({ storage });
  assert.equal((await service.call('/readyz')).status, 200);
  assert.deepEqual(refusalOf(await service.attest('SgxEnclave', ''))[2], 'body-empty');
});

test('does not start with a store that it cannot use, and says why without its secrets', async () => {
  const postgres = { kind: 'postgres', integrityKeyFile } as const;
  const nowhere = 'postgres://atesto:secret-password@127.0.0.1:1/atesto';
  assert.equal(await faultOf({ ...postgres, connectionString: nowhere }), 'storage [store-unusable]');
  const connectionStringFile = fileOf('no-connection', 'secret-password');
  assert.equal(
    await faultOf({ ...postgres, connectionStringFile }),
    'storage.connectionStringFile [setting-file-unreadable]',
  );
  const shortKey = fileOf('short.key', 'too short');
  assert.equal(await faultOf({ integrityKeyFile: shortKey }), 'storage.integrityKeyFile [setting-file-unreadable]');
  const path = fileOf('no-database', 'this is no database, and long enough to be read as one'.repeat(100));
  assert.equal(await faultOf({ path, integrityKeyFile }), 'storage [store-unusable]');
});

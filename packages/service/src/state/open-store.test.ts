import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startPostgres, stateDirectory } from '@atesto/store/testing';
import { refusalOf } from '../__fixtures__/enclave.ts';
import { type LogLine, watchedLog } from '../__fixtures__/log.ts';
import { serve } from '../__fixtures__/service.ts';
import { ConfigRefused } from '../config/problem.ts';
import type { ServiceSettings } from '../config/schema.ts';

import { StoreUnusable } from './store-unusable.ts';

const { server, skip } = await startPostgres();
after(() => server?.dispose());
const directory = stateDirectory();

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const integrityKeyFile = fileOf('integrity.key', Buffer.alloc(32, 3).toString('hex'));

/** `where [code]` of the first fault of the settings with which a service does not start, or the message about its store. */
async function faultOf(storage: ServiceSettings['storage']): Promise<string> {
  try {
    await serve({ storage });
  } catch (error) {
    assert.ok(
      error instanceof Error && !error.message.includes('secret-password') && !error.message.includes('secret-pass'),
    );
    if (error instanceof StoreUnusable) return error.message;
    assert.ok(error instanceof ConfigRefused, String(error));
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
  const connectionStringFile = fileOf('no-connection', 'secret-password');
  assert.equal(
    await faultOf({ kind: 'postgres', integrityKeyFile, connectionStringFile }),
    'storage.connectionStringFile [setting-file-unreadable]',
  );
  const shortKey = fileOf('short.key', 'too short');
  assert.equal(await faultOf({ integrityKeyFile: shortKey }), 'storage.integrityKeyFile [setting-file-unreadable]');
  const path = fileOf('no-database', 'this is no database, and long enough to be read as one'.repeat(100));
  assert.equal(
    await faultOf({ path, integrityKeyFile }),
    'The store cannot be used: database: the file is not a database (store-unavailable) [store-unusable]',
  );
});

test('names an unescaped character in the connection string', async () => {
  const postgres = { kind: 'postgres', integrityKeyFile } as const;
  for (const password of ['secret-pass@/word', 'secret-pass/w@rd', 'secret-pass#word', 'secret-pass?word']) {
    const connectionString = `postgres://atesto:${password}@127.0.0.1:1/atesto`;
    const fault = 'storage.connectionString [setting-invalid]';
    assert.equal(await faultOf({ ...postgres, connectionString, startWaitMs: 0 }), fault, password);
  }
});

test('names a host that has no address, a port where nothing listens, a wrong password and a wrong database', {
  skip,
}, async () => {
  const good = new URL((await server?.createDatabase()) ?? assert.fail());
  const messageWith = (change: Partial<URL>): Promise<string> => {
    const uri = Object.assign(new URL(good), change);
    return faultOf({ kind: 'postgres', integrityKeyFile, connectionString: uri.href, startWaitMs: 0 });
  };
  const unusable = (why: string): RegExp => new RegExp(`^The store cannot be used: ${why}.* \\[store-unusable\\]$`);
  assert.match(await messageWith({ port: '1' }), unusable('nothing listens at the host and port'));
  assert.match(
    await messageWith({ hostname: 'nowhere.invalid' }),
    unusable('the host name in the connection string (has no address|cannot be looked up now)'),
  );
  assert.match(await messageWith({ password: 'secret-password' }), unusable('the user name or the password is wrong'));
  assert.match(await messageWith({ pathname: '/nowhere' }), unusable('there is no database of this name'));
});

test('waits for a database that is down, with one line a try, and tells once that it is lost and once that it is back', {
  skip,
}, async () => {
  const connectionString = (await server?.createDatabase()) ?? assert.fail();
  await server?.stop();
  const log = watchedLog();
  const starting = serve(
    { storage: { kind: 'postgres', connectionString, integrityKeyFile, startWaitMs: 3_600_000 } },
    { log },
  );
  await log.next((line) => line.event === 'store-start');
  await server?.start();
  const service = await starting;
  const tries = log.lines.filter(({ event }) => event === 'store-start');
  for (const { level, reason, msg } of tries) {
    assert.deepEqual([level, msg], [40, 'the database cannot be used yet; it is tried again']);
    assert.match(String(reason), /^(nothing listens at the host|the server is starting)/);
  }
  const isTold = (status: string) => (line: LogLine) => line.dependency === 'store' && line.status === status;
  // The lines may come before the server has stopped or started entirely.
  const lost = log.next(isTold('failing'));
  await server?.stop();
  await lost;
  const back = log.next(isTold('ok'));
  await server?.start();
  await back;
  assert.equal((await service.call('/readyz')).status, 200);
  assert.deepEqual(
    log.lines.filter(({ dependency }) => dependency === 'store').map(({ level, status }) => [level, status]),
    [
      [50, 'failing'],
      [30, 'ok'],
    ],
  );
});

test('gives a start up that waits for the database when it is told to', async () => {
  const connectionString = 'postgres://atesto:secret-password@127.0.0.1:1/atesto';
  const log = watchedLog();
  const told = new AbortController();
  const starting = serve(
    { storage: { kind: 'postgres', connectionString, integrityKeyFile, startWaitMs: 3_600_000 } },
    { log, signal: told.signal },
  );
  void log.next((line) => line.event === 'store-start').then(() => told.abort());
  await assert.rejects(starting, (error) => error === told.signal.reason);
});

test('does not start with a state directory that cannot be written', async () => {
  const inTheWay = fileOf('file', '');
  await assert.rejects(
    serve({
      stateDirectory: join(inTheWay, 'state'),
      storage: { integrityKeyFile, path: join(directory, 'x.sqlite') },
    }),
    (error) => error instanceof ConfigRefused && error.problems[0]?.code === 'state-directory-unusable',
  );
});

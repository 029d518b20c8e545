/** An instance whose clock is far ahead: it stands alone, the healthy ones go on, and nothing is lost for good. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, mock, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { runSql, sharedPostgres, stateDirectory } from '@atesto/store/testing';
import { bearer, identity } from '../__fixtures__/callers.ts';
import { quoteOf, refusalOf, serveEnclaves } from '../__fixtures__/enclave.ts';
import type { TestService } from '../__fixtures__/service.ts';
import { parseConfig } from '../config/load.ts';
import { ConfigRefused } from '../config/problem.ts';
import type { ServiceSettings } from '../config/schema.ts';
import { acceptTime } from '../state/operate-store.ts';

const { server, skip } = await sharedPostgres();
after(() => server?.dispose());
const administrator = await bearer('root', 'administrators');

const day = 86_400_000;
const fast = { clock: () => new Date(Date.now() + 400 * day) };
const keys = stateDirectory();
const fileOf = (name: string, byte: number): string => {
  writeFileSync(join(keys, name), Buffer.alloc(32, byte), { mode: 0o600 });
  return join(keys, name);
};
const integrityKeyFile = fileOf('integrity.key', 7);
const keyFile = fileOf('sealing.key', 8);

/** Settings of one instance. */
function settingsOn(storage: ServiceSettings['storage'], port = 0, state = stateDirectory()): ServiceSettings {
  const signing = { algorithm: 'ES256', keyFile } as const;
  return { environment: 'development', stateDirectory: state, listen: { port }, identity, signing, storage };
}

async function refusedStart(settings: ServiceSettings, options: { clock?: () => Date } = {}): Promise<string> {
  try {
    await serveEnclaves(settings, options);
  } catch (error) {
    if (error instanceof ConfigRefused) return error.problems.map(({ code }) => code).join();
    throw error;
  }
  return 'it started';
}

async function until(service: TestService, status: number): Promise<void> {
  while ((await service.call('/readyz')).status !== status) await pause(10);
}

async function attest(service: TestService): Promise<number> {
  return (await service.attest('SgxEnclave', { quote: quoteOf() })).status;
}

const clockLines = (service: TestService): unknown[] =>
  service.logged
    .map((line) => JSON.parse(line))
    .filter(({ dependency }) => dependency === 'clock')
    .map(({ level, status }) => [level, status]);

test('does not start on PostgreSQL with a clock that is alone in its opinion, and the healthy instances go on', {
  skip,
}, async () => {
  const connectionString = (await server?.createDatabase()) ?? assert.fail();
  const storage = { kind: 'postgres', connectionString, integrityKeyFile } as const;
  assert.equal(await refusedStart(settingsOn(storage), fast), 'clock-refused');
  const healthy = await serveEnclaves(settingsOn(storage));
  assert.equal(await attest(healthy), 200);
  assert.equal(await refusedStart(settingsOn(storage), fast), 'clock-refused');
  assert.equal((await healthy.call('/readyz')).status, 200);
  assert.deepEqual(clockLines(healthy), []);
});

test('is not ready and changes no keys while its clock is alone, and is back when that is set right; the other instance goes on', {
  skip,
}, async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  const connectionString = (await server?.createDatabase()) ?? assert.fail();
  const storage = { kind: 'postgres', connectionString, integrityKeyFile } as const;
  let aheadMs = 0;
  const healthy = await serveEnclaves(settingsOn(storage));
  const suspect = await serveEnclaves(settingsOn(storage), { clock: () => new Date(Date.now() + aheadMs) });
  assert.deepEqual([await attest(healthy), await attest(suspect)], [200, 200]);
  const before = await runSql(connectionString, 'select revision from store_state');
  aheadMs = 400 * day;
  mock.timers.tick(3_600_000);
  await until(suspect, 503);
  const sent = { method: 'POST', headers: { ...administrator, 'content-type': 'application/json' }, body: '{}' };
  assert.deepEqual(refusalOf(await suspect.call('/keys:rotate', sent)), [503, 'ServiceUnavailable', 'clock-suspect']);
  assert.deepEqual(clockLines(suspect), [[50, 'failing']]);
  assert.deepEqual([(await healthy.call('/readyz')).status, await attest(healthy)], [200, 200]);
  assert.deepEqual(await runSql(connectionString, 'select revision from store_state'), before);
  aheadMs = 0;
  mock.timers.tick(30_000);
  await until(suspect, 200);
  assert.equal(await attest(suspect), 200);
  mock.timers.reset();
});

test('starts once on SQLite with the clock 400 days ahead, and loses neither audit entries nor the signing key by it', async () => {
  const state = stateDirectory();
  let port = 0;
  const settings = (): ServiceSettings => settingsOn({ integrityKeyFile }, port, state);
  const published = async (service: TestService): Promise<string[]> =>
    JSON.parse((await service.call('/certs')).text).keys.map(({ kid }: { kid: string }) => kid);
  const first = await serveEnclaves(settings());
  port = first.port;
  const [kid = ''] = await published(first);
  for (let call = 0; call < 5; call += 1) assert.equal(await attest(first), 200);
  await first.close();
  const ahead = await serveEnclaves(settings(), fast);
  const [other, ...rest] = await published(ahead);
  assert.notEqual(other, kid);
  assert.deepEqual(rest, [kid]);
  await ahead.close();

  assert.equal(await refusedStart(settings()), 'clock-refused');
  assert.ok((await acceptTime(parseConfig(settings()))).ok);
  const again = await serveEnclaves(settings());
  assert.deepEqual(await published(again), [kid]);
  assert.equal(await attest(again), 200);
  const entries = await again.call('/audit?scope=service&operation=attest', { headers: administrator });
  assert.equal(JSON.parse(entries.text).entries.length, 6);
});

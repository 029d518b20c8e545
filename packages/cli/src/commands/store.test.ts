/** `atesto store` reports stores that are whole, rolled back, accepted after a restore, or unavailable. */

import assert from 'node:assert/strict';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { development } from '@atesto/development';
import { startService } from '@atesto/service';
import { runCli } from '../__fixtures__/cli.ts';
import { temporaryDirectory } from '../__fixtures__/directory.ts';

const directory = temporaryDirectory();
const settings = { environment: 'development', stateDirectory: join(directory, 'state'), listen: { port: 0 } } as const;
const config = join(directory, 'atesto.json');
writeFileSync(config, JSON.stringify({ ...settings, signing: { algorithm: 'ES256' } }));
const store = join(settings.stateDirectory, 'store.sqlite');

const json = async (...args: string[]): Promise<[number, Record<string, unknown>]> => {
  const { exitCode, stdout } = await runCli(['store', ...args, '--config', config, '--json']);
  return [exitCode, JSON.parse(stdout)];
};

async function runService(): Promise<void> {
  const service = await startService(
    { ...settings, signing: { algorithm: 'ES256' } },
    { development, log: { write: () => {} } },
  );
  await service.close();
}

test('checks a store, detects one that was rolled back, and accepts it', async () => {
  await runService();
  const [wholeCode, whole] = await json('check');
  assert.deepEqual([wholeCode, whole.ok], [0, true]);
  copyFileSync(store, `${store}.backup`);
  await runService();
  for (const end of ['', '-wal', '-shm']) rmSync(store + end, { force: true });
  copyFileSync(`${store}.backup`, store);

  const [code, { ok, error }] = await json('check');
  assert.deepEqual([code, ok, Object(error).code], [1, false, 'store-rolled-back']);
  const told = await runCli(['store', 'check', '--config', config]);
  assert.match(told.stderr, /refused: store_state: .*atesto store accept-restore \(store-rolled-back\)/);
  const [acceptedCode, accepted] = await json('accept-restore');
  assert.deepEqual([acceptedCode, accepted.ok], [0, true]);
  assert.notEqual(accepted.incarnation, whole.incarnation);
  assert.equal((await runCli(['store', 'check', '--config', config])).exitCode, 0);
});

test('ends with 2 if the settings are wrong, and with 3 if the database cannot be opened', async () => {
  const wrong = join(directory, 'wrong.json');
  writeFileSync(wrong, '{"nothing": 1}');
  assert.equal((await runCli(['store', 'check', '--config', wrong])).exitCode, 2);
  const away = join(directory, 'away.json');
  const path = join(directory, 'no-database');
  writeFileSync(path, 'this is no database, and long enough to be read as one'.repeat(100));
  writeFileSync(away, JSON.stringify({ ...settings, storage: { path } }));
  assert.equal((await runCli(['store', 'check', '--config', away])).exitCode, 3);
});

test('accepts the time of this machine, in place of one that lies in the future of the store', async () => {
  const state = temporaryDirectory();
  const file = join(state, 'atesto.json');
  const own = { ...settings, stateDirectory: state, signing: { algorithm: 'ES256' } } as const;
  writeFileSync(file, JSON.stringify(own));
  const log = { write: () => {} };
  const ahead = await startService(own, { development, log, clock: () => new Date(Date.now() + 400 * 86_400_000) });
  await ahead.close();
  await assert.rejects(startService(own, { development, log }), /atesto store accept-time \[clock-refused\]/);
  const { exitCode, stdout } = await runCli(['store', 'accept-time', '--config', file, '--json']);
  assert.deepEqual([exitCode, JSON.parse(stdout).ok], [0, true]);
  await (await startService(own, { development, log })).close();
});

test('lists, stops and resumes deletions', async () => {
  const [code, listed] = await json('deletions', 'list');
  assert.deepEqual([code, listed.isStopped], [0, false]);
  assert.match(JSON.stringify(listed.pending), /"kind":"audit","subject":"entries before .*","remainingHours":24/);
  assert.equal((await json('deletions', 'stop'))[1].isStopped, true);
  assert.match((await runCli(['store', 'deletions', 'list', '--config', config])).stdout, /stopped; \d marked\naudit/);
  assert.equal((await json('deletions', 'resume'))[1].isStopped, false);
});

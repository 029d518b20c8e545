import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RotationSchedule, SealingSecret } from '@atesto/token';
import { stateDirectory } from '../__fixtures__/state.ts';
import { ConfigRefused } from '../config/problem.ts';
import { RingFile } from './ring-file.ts';
import { RotatingKeys } from './rotating-keys.ts';

const issuer = 'https://attest.example.org';
const secret: SealingSecret = { kind: 'key', key: new Uint8Array(32).fill(1) };
const schedule: RotationSchedule = {
  signingSeconds: 1000,
  leadSeconds: 100,
  tokenLifetimeSeconds: 50,
  clientCacheSeconds: 20,
};
const start = Date.UTC(2026, 10, 1);

function at(seconds: number): Date {
  return new Date(start + seconds * 1000);
}

function open(
  directory: string,
  seconds: number,
  changes: { algorithm?: 'ES384'; secret?: SealingSecret } = {},
): Promise<RotatingKeys> {
  const file = new RingFile(directory, issuer, changes.secret ?? secret);
  return RotatingKeys.open({ issuer, algorithm: changes.algorithm ?? 'ES256', schedule, file }, at(seconds));
}

function kids(keys: RotatingKeys, seconds: number): string[] {
  return keys.published(at(seconds)).map(({ kid }) => kid);
}

function codeOf(error: unknown): string {
  assert.ok(error instanceof ConfigRefused);
  return error.problems.map(({ code }) => code).join();
}

test('keeps its keys over a restart', async () => {
  const directory = stateDirectory();
  const first = await open(directory, 0);
  const second = await open(directory, 10);
  assert.equal(second.current(at(10)).kid, first.current(at(10)).kid);
  assert.ok(second.current(at(10)).privateKey.equals(first.current(at(10)).privateKey));
});

test('adds the next key ahead of its time, keeps the old one published while its tokens live, then drops it', async () => {
  const directory = stateDirectory();
  const keys = await open(directory, 0);
  const old = keys.current(at(0)).kid;
  assert.equal(await keys.rotateWhenDue(at(899)), false);
  assert.equal(await keys.rotateWhenDue(at(900)), true);
  assert.equal(keys.current(at(999)).kid, old);
  const next = keys.current(at(1000)).kid;
  assert.notEqual(next, old);
  assert.deepEqual(kids(keys, 900), [old, next]);
  assert.deepEqual(kids(await open(directory, 1070), 1070), [next, old]);
  assert.deepEqual(kids(keys, 1071), [next]);
});

test('replaces the key when the algorithm is changed, without a gap', async () => {
  const directory = stateDirectory();
  const before = await open(directory, 0);
  const after = await open(directory, 10, { algorithm: 'ES384' });
  assert.equal(after.current(at(109)).kid, before.current(at(0)).kid);
  assert.equal(after.current(at(110)).algorithm, 'ES384');
});

test('lets nobody but its user read the key file, and seals what is in it', async () => {
  const directory = stateDirectory();
  const keys = await open(directory, 0);
  const [name = ''] = readdirSync(directory);
  const path = join(directory, name);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const { d = '' } = keys.current(at(0)).privateKey.export({ format: 'jwk' });
  assert.ok(!readFileSync(path, 'utf8').includes(d));
});

test('refuses another secret, a changed file, and a file of another provider with signing-keys-unusable', async () => {
  const directory = stateDirectory();
  await open(directory, 0);
  const [name = ''] = readdirSync(directory);
  const path = join(directory, name);
  const good = readFileSync(path, 'utf8');
  const other: SealingSecret = { kind: 'key', key: new Uint8Array(32).fill(2) };
  await assert.rejects(open(directory, 0, { secret: other }), (error) => codeOf(error) === 'signing-keys-unusable');
  const changes = [
    '',
    '{}',
    good.slice(0, -10),
    good.replace(issuer, 'https://other.example.org'),
    good.replace('"tag":"', '"tag":"A'),
  ];
  for (const changed of changes) {
    writeFileSync(path, changed);
    await assert.rejects(open(directory, 0), (error) => codeOf(error) === 'signing-keys-unusable');
  }
  writeFileSync(path, good);
  await open(directory, 0);
});

test('loses no published key when it is killed while it writes', { timeout: 60_000 }, async () => {
  const directory = stateDirectory();
  const program = new URL('../__fixtures__/rotate-forever.ts', import.meta.url).pathname;
  const seen = new Set<string>();
  for (let round = 0; round < 5; round++) {
    const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    let acknowledged: string[] = [];
    let lines = 0;
    for await (const chunk of child.stdout) {
      const complete = String(chunk)
        .split('\n')
        .filter((line) => line.endsWith(']'));
      const last = complete.at(-1);
      if (last !== undefined) acknowledged = JSON.parse(last);
      lines += complete.length;
      if (lines > 3 + round) child.kill('SIGKILL');
    }
    const ring = await new RingFile(directory, issuer, secret).load();
    const stored = ring.map(({ key }) => key.kid);
    for (const kid of acknowledged) assert.ok(stored.includes(kid), 'an acknowledged key is gone');
    for (const kid of stored) seen.add(kid);
  }
  assert.ok(seen.size > 5);
});

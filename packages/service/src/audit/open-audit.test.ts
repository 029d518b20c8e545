/** What callers, orchestrators and operators see of a record that cannot be written, or whose disk runs short. */

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Refused } from '@atesto/core';
import { type AuditRows, openAudit } from '@atesto/store';
import { openTestStore, seenAudit } from '@atesto/store/testing';
import { bearer, identity } from '../__fixtures__/callers.ts';
import { serve } from '../__fixtures__/service.ts';
import { DiskReserve, withReserve } from './disk-reserve.ts';
import { AuditHealth } from './health.ts';

test('a full disk makes the service not ready, with one line that says why; calls are refused at once until there is space', async () => {
  const store = await openTestStore();
  const rows = store.audit;
  let isFull = true;
  let attempts = 0;
  const append: AuditRows['append'] = async (some) => {
    attempts += 1;
    const why = 'the disk is full (SQLITE_FULL)';
    if (isFull) throw new Refused({ code: 'store-unavailable', where: 'database', why });
    await rows.append(some);
  };
  const audit: AuditRows = {
    seal: rows.seal,
    chains: rows.chains,
    append,
    scan: (filter, bounds) => rows.scan(filter, bounds),
    remove: (beforeMs, limit, retention) => rows.remove(beforeMs, limit, retention),
    vouch: () => rows.vouch(),
  };
  const service = await serve({ identity }, { store: { ...store, audit } });
  const headers = await bearer('rita', 'default-readers');
  const status = async (path: string): Promise<number> => (await service.call(path, { headers })).status;
  const lines = (): string[] =>
    service.logged.flatMap((line) => {
      const { event, dependency, status, reason } = JSON.parse(line);
      return event === 'dependency' && dependency === 'audit' ? [`${status} ${reason ?? ''}`] : [];
    });
  assert.deepEqual([await status('/readyz'), await status('/keys')], [200, 503]);
  assert.equal(await status('/readyz'), 503);
  const before = attempts;
  const refused = await Promise.all(Array.from({ length: 20 }, () => status('/keys')));
  assert.deepEqual([...new Set(refused)], [503]);
  // Each of twenty calls that waited would have been written with a batch of its own.
  assert.ok(attempts - before <= 20, `${attempts - before} attempts`);
  const failing =
    'failing audit entries cannot be written: the disk is full (SQLITE_FULL); requests are refused until they can';
  assert.deepEqual(lines(), [failing]);
  isFull = false;
  while ((await status('/keys')) !== 200);
  assert.deepEqual([await status('/readyz'), lines()], [200, [failing, 'ok ']]);
  await service.close();
});

test('below the disk reserve, entries of refusals are dropped and counted; allowed and administrative entries are recorded', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  const seen = seenAudit();
  const reports: unknown[] = [];
  const reporter = { report: (status: string) => void reports.push(status) };
  const warned: unknown[] = [];
  let free = 10;
  const looks = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const waiting = [...looks];
  const freeBytes = async (): Promise<number> => {
    setImmediate(() => waiting.shift()?.resolve());
    return free;
  };
  const reserve = new DiskReserve({ directory: '/', reserveMiB: 1, freeBytes }, new AuditHealth(reporter), {
    warn: (line: unknown) => void warned.push(line),
  });
  const audit = withReserve({ ...seen, pending: 0 }, reserve);
  await looks[0]?.promise;
  const entry = { atMs: 1, operation: 'attest', requestId: 'r', caller: 'carl' } as const;
  await audit.record({ ...entry, verdict: 'refused' });
  await audit.record({ ...entry, verdict: 'allowed' });
  await audit.record({ ...entry, operation: 'set-policy', verdict: 'refused' });
  assert.equal(audit.count({ ...entry, caller: undefined, verdict: 'refused' }), true);
  assert.deepEqual(
    seen.entries.map(({ operation, verdict }) => `${operation} ${verdict}`),
    ['attest allowed', 'set-policy refused'],
  );
  free = 2 ** 21;
  mock.timers.tick(5000);
  await looks[1]?.promise;
  assert.deepEqual([reports, warned], [['warning', 'ok'], [{ event: 'audit-reserve', dropped: 2 }]]);
  await audit.record({ ...entry, verdict: 'refused' });
  assert.equal(seen.entries.length, 3);
  await audit.close();
  mock.timers.reset();
});

test('a flood of anonymous calls costs one row and ten log lines', async () => {
  const store = await openTestStore();
  const service = await serve({}, { store });
  const headers = { 'content-type': 'application/json' };
  for (let call = 0; call < 30; call += 1) {
    await service.call('/attest/SgxEnclave?api-version=2020-10-01', { method: 'POST', headers, body: '{}' });
  }
  const lines = service.logged.filter((line) => JSON.parse(line).msg === 'request');
  const audit = openAudit(store.audit);
  const before = await audit.query({});
  assert.deepEqual([lines.length, before.ok && before.value.entries.length], [10, 0]);
  await service.close();
});

/** A service tells when its audit record was changed behind its back: operators in health and log, readers on request. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { mock, test } from 'node:test';
import { openAudit, openStore } from '@atesto/store';
import { integrityKey, stateDirectory } from '@atesto/store/testing';
import { bearer, identity } from '../__fixtures__/callers.ts';
import { serve } from '../__fixtures__/service.ts';
import { Health } from '../health/health.ts';
import { BackgroundCheck, keepChainsChecked } from './chain-check.ts';

const path = join(stateDirectory(), 'store.sqlite');
const store = await openStore({ kind: 'sqlite', path, integrityKey });

function sql(text: string): unknown[] {
  using database = new DatabaseSync(path, { timeout: 5000 });
  return database.prepare(text).all();
}

test('readers verify the record step by step; a changed entry is reported with its writer and position', async () => {
  const service = await serve({ identity }, { store });
  const headers = await bearer('rita', 'default-readers');
  const verify = async (query = '') => {
    const { status, text } = await service.call(`/audit:verify${query}`, { headers });
    return { status, body: JSON.parse(text) };
  };
  await service.call('/keys', { headers });
  const intact = await verify();
  assert.deepEqual([intact.status, intact.body.findings, intact.body.rows > 0], [200, [], true]);
  const [row] = sql(
    `update audit set verdict = 'allowed ' where operation = 'read-keys' or operation = 'list-keys' returning id`,
  );
  const id = String(Object(row).id);
  const { body } = await verify();
  assert.deepEqual(
    body.findings.map(({ code, writer, sequence }: Record<string, unknown>) => [code, writer, sequence]),
    [['audit-row-changed', id.slice(12, 28), Number.parseInt(id.slice(28), 16)]],
  );
  assert.equal((await verify('?cursor=x')).body.error.innererror?.code ?? '', 'audit-query-invalid');
  assert.equal((await service.call('/audit:verify')).status, 401);
  const none = await service.call('/audit:verify', { headers: await bearer('mallory') });
  assert.equal(none.status, 401);
});

test('the service verifies the chains at startup and every minute, and reports findings in one error line and in its health', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  const file = join(stateDirectory(), 'own.sqlite');
  const own = await openStore({ kind: 'sqlite', path: file, integrityKey });
  const audit = openAudit(own.audit);
  await audit.record({ atMs: 1, operation: 'attest', requestId: 'r', verdict: 'allowed' });
  const errors: unknown[] = [];
  const log = { info: () => {}, warn: () => {}, error: (line: unknown) => void errors.push(Object(line).event) };
  const health = new Health(log, () => new Date());
  const check = new BackgroundCheck(audit, health.dependency('audit-chain', { isRequired: false }), log);
  const steps = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const left = [...steps];
  const step = async (): Promise<void> => {
    await check.step();
    left.shift()?.resolve();
  };
  const end = keepChainsChecked({ step });
  await steps[0]?.promise;
  assert.deepEqual([health.states().get('audit-chain')?.status, errors], ['ok', []]);
  using database = new DatabaseSync(file, { timeout: 5000 });
  database.exec('delete from audit');
  mock.timers.tick(60_000);
  await steps[1]?.promise;
  const state = health.states().get('audit-chain');
  assert.match(
    `${state?.status}: ${state?.reason}`,
    /^failing: audit-row-missing at 0[0-9a-f]{15}\/1: the entry is missing; run atesto provider audit verify$/,
  );
  assert.deepEqual([health.isReady, errors], [true, ['dependency', 'audit-chain']]);
  await end();
  await audit.close();
  await own.close();
  mock.timers.reset();
});

test('the service vouches for the end of a chain whose process was killed, so that it cannot be cut off later', async () => {
  const file = join(stateDirectory(), 'killed.sqlite');
  const own = await openStore({ kind: 'sqlite', path: file, integrityKey });
  const killed = openAudit(own.audit);
  const entry = { atMs: 1, operation: 'attest', requestId: 'r', verdict: 'allowed' } as const;
  for (let count = 0; count < 3; count += 1) await killed.record(entry);
  await own.close();
  const next = await openStore({ kind: 'sqlite', path: file, integrityKey });
  const audit = openAudit(next.audit);
  const reporter = { report: () => {} };
  await new BackgroundCheck(audit, reporter, { error: assert.fail }).step();
  using database = new DatabaseSync(file, { timeout: 5000 });
  database.exec("delete from audit where substr(id, 29) > '00000001'");
  const step = await audit.verify();
  assert.deepEqual(step.ok && step.value.findings.map(({ code, sequence, through }) => [code, sequence, through]), [
    ['audit-row-missing', 2, 3],
  ]);
  await audit.close();
  await next.close();
});

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { serve } from '../__fixtures__/service.ts';
import { openTestStore } from '../__fixtures__/store.ts';
import { openAudit } from '../audit/index.ts';

const day = 86_400_000;

test('removes audit entries that are older than the settings keep them, at the start and every hour', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  const store = await openTestStore();
  const audit = openAudit(store.audit);
  const now = Date.now();
  const put = (name: string, ageDays: number) =>
    audit.record({ atMs: now - ageDays * day, operation: 'attest', requestId: name, verdict: 'allowed' });
  const left = async (): Promise<string[]> => {
    const page = await audit.query({});
    return page.ok ? page.value.entries.map(({ requestId }) => requestId) : assert.fail();
  };
  await put('expired', 31);
  await put('kept', 29);
  let at = now;
  const passes: number[] = [];
  const brief: number[] = [];
  const { promise: second, resolve } = Promise.withResolvers<void>();
  const service = await serve(
    { audit: { retentionDays: 30 } },
    {
      store,
      clock: () => new Date(at),
      audit: {
        ...audit,
        pending: 0,
        removeExpired: async (beforeMs, retention) => {
          const outcome = await audit.removeExpired(beforeMs, retention);
          if (retention === 'brief') brief.push(beforeMs);
          else passes.push(beforeMs);
          if (brief.length === 2) resolve();
          return outcome;
        },
      },
    },
  );
  assert.deepEqual(await left(), ['kept']);
  at += 2 * day;
  mock.timers.tick(3_600_000);
  await second;
  assert.deepEqual(await left(), []);
  assert.deepEqual(passes, [now - 30 * day, now - 28 * day]);
  assert.deepEqual(brief, [now - 7 * day, now - 5 * day]);
  mock.timers.reset();
  await service.close();
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestStore } from '../testing/test-store.ts';
import { openAudit } from './audit.ts';
import type { AuditEntry } from './entry.ts';
import { maxKeysPerAddress, maxRefusalKeys, RefusalCounts } from './refusal-counts.ts';

const start = 1_790_000_000_000;

function refusal(overrides: Partial<AuditEntry> = {}): AuditEntry {
  const common = { atMs: start, operation: 'attest', requestId: 'r', verdict: 'refused' } as const;
  return { ...common, provider: 'contoso', address: '192.0.2.7', code: 'body-empty', ...overrides };
}

test('refusals with the same address, provider, operation and code become one entry with their number and time span', () => {
  const counts = new RefusalCounts();
  for (let index = 0; index < 1000; index += 1) counts.add(refusal({ atMs: start + index, requestId: `r-${index}` }));
  counts.add(refusal({ code: 'quote-malformed' }));
  const [first, ...others] = counts.take();
  const detail = '{"count":1000,"first":"2026-09-21T14:13:20.000Z","last":"2026-09-21T14:13:20.999Z"}';
  assert.deepEqual(
    { ...first },
    { ...refusal({ atMs: start + 999, requestId: 'r-0' }), attestationType: undefined, refusedAt: undefined, detail },
  );
  assert.deepEqual(
    others.map(({ code }) => code),
    ['quote-malformed'],
  );
  assert.deepEqual(counts.take(), []);
});

test('beyond the largest number of keys, refusals share one count, so that memory and rows are bounded', () => {
  const counts = new RefusalCounts();
  const calls = 3 * maxRefusalKeys;
  for (let index = 0; index < calls; index += 1) {
    counts.add(refusal({ address: `10.0.${index >> 8}.${index & 255}`, provider: `p${index}` }));
  }
  const entries = counts.take();
  assert.equal(entries.length, maxRefusalKeys + 1);
  const { address, provider, detail = '' } = entries.at(-1) ?? assert.fail();
  assert.deepEqual([address, provider, JSON.parse(detail).count], ['many', undefined, calls - maxRefusalKeys]);
});

test('an address that names many providers gets a shared count of its own, and leaves room for others', () => {
  const counts = new RefusalCounts();
  for (let index = 0; index < 2 * maxRefusalKeys; index += 1) counts.add(refusal({ provider: `p${index}` }));
  counts.add(refusal({ address: '192.0.2.8' }));
  const entries = counts.take();
  assert.equal(entries.length, maxKeysPerAddress + 2);
  assert.deepEqual(
    entries.slice(-2).map(({ address, provider, detail = '' }) => [address, provider, JSON.parse(detail).count]),
    [
      ['192.0.2.7', undefined, 2 * maxRefusalKeys - maxKeysPerAddress],
      ['192.0.2.8', 'contoso', 1],
    ],
  );
});

test('only the first refusals of a key get a log line of their own', () => {
  const counts = new RefusalCounts();
  const logged = Array.from({ length: 100 }, () => counts.add(refusal()));
  assert.equal(logged.filter((isLogged) => isLogged).length, 10);
  assert.equal(counts.add(refusal({ address: '192.0.2.8' })), true);
});

test('counted refusals are recorded when the record is closed, and have a retention of their own', async () => {
  const store = await openTestStore();
  const audit = openAudit(store.audit);
  await audit.record({ atMs: start, operation: 'set-policy', requestId: 'kept', verdict: 'allowed' });
  for (let index = 0; index < 50; index += 1) audit.count(refusal());
  await audit.close();
  const next = openAudit(store.audit);
  const found = async (): Promise<string[]> => {
    const page = await next.query({});
    return page.ok ? page.value.entries.map(({ requestId }) => requestId) : assert.fail(page.refusal.why);
  };
  assert.deepEqual((await found()).sort(), ['kept', 'r']);
  assert.deepEqual(await next.removeExpired(start + 1, 'brief'), { ok: true, value: 1 });
  assert.deepEqual(await found(), ['kept']);
  await next.close();
  await store.close();
});

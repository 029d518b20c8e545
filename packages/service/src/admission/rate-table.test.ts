import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Budgets } from './budgets.ts';
import { addressKey } from './owner.ts';
import { RateTable } from './rate-table.ts';

const rate = { perSecond: 2, burst: 3 };

/** How many of `tries` a key may take now. */
function taken(table: RateTable, key: string, tries: number): number {
  let count = 0;
  for (let made = 0; made < tries; made++) {
    if (table.waitMs(key, rate) > 0) continue;
    table.take(key, rate);
    count++;
  }
  return count;
}

test('a key may take its burst at once, then its rate, and learns how long to wait', () => {
  let now = 1_000_000.1;
  const table = new RateTable(10, () => now);
  assert.equal(taken(table, 'a', 10), 3);
  assert.equal(Math.round(table.waitMs('a', rate)), 500);
  now += 499;
  assert.equal(taken(table, 'a', 10), 0);
  now += 1;
  assert.equal(taken(table, 'a', 10), 1);
  now += 10_000;
  assert.equal(taken(table, 'a', 10), 3);
  assert.equal(taken(table, 'b', 10), 3);
});

test('a unit that is given back can be taken again', () => {
  const table = new RateTable(10, () => 0);
  assert.equal(taken(table, 'a', 10), 3);
  table.giveBack('a', rate);
  table.giveBack('unknown', rate);
  assert.equal(taken(table, 'a', 10), 1);
});

test('of 100,000 addresses the last 50,000 are remembered', () => {
  const once = { perSecond: 1, burst: 1 };
  const rates = { address: once, caller: once, provider: { perSecond: 1, burst: 1_000_000 } };
  const budgets = new Budgets(
    'requests',
    () => rates,
    () => 0,
  );
  for (let at = 0; at < 100_000; at++) budgets.take({ kind: 'address', key: `2001:db8:${at.toString(16)}::/64` }, 'p');
  assert.equal(budgets.size, 50_000);
  const last = { kind: 'address', key: `2001:db8:${(99_999).toString(16)}::/64` } as const;
  assert.equal(budgets.refusalOf(last, 'p')?.status, 429);
});

test('IPv4 counts by address, also when mapped to IPv6, IPv6 by /64, and invalid addresses together', () => {
  const keys = [
    '192.0.2.7',
    '::ffff:192.0.2.7',
    '2001:db8:1:2:3:4:5:6',
    '2001:db8:1:2::1',
    '::1',
    'rubbish',
    undefined,
  ];
  assert.deepEqual(keys.map(addressKey), [
    '192.0.2.7',
    '192.0.2.7',
    '2001:db8:1:2::/64',
    '2001:db8:1:2::/64',
    '::/64',
    'unknown',
    'unknown',
  ]);
});

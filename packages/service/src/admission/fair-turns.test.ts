import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { FairTurns } from './fair-turns.ts';

test('gives each owner a turn before anyone has a second one, whoever has many requests', async () => {
  const turns = new FairTurns();
  const order: string[] = [];
  const ask = (owner: string): Promise<void> => turns.take(owner).then(() => void order.push(owner));
  const asked = [...Array.from({ length: 5 }, () => ask('crowd')), ask('one'), ask('other'), ask('one')];
  await Promise.all(asked);
  assert.deepEqual(order, ['crowd', 'crowd', 'one', 'other', 'crowd', 'one', 'crowd', 'crowd']);
});

test('gives one turn in each turn of the event loop, and none is lost in a pause', async () => {
  const turns = new FairTurns();
  let begun = 0;
  for (let at = 0; at < 4; at += 1) {
    void turns.take('crowd').then(() => {
      begun += 1;
    });
  }
  const seen: number[] = [];
  for (let at = 0; at < 4; at += 1) {
    await Promise.resolve();
    seen.push(begun);
    await setImmediate();
  }
  assert.deepEqual(seen, [1, 2, 3, 4]);
  for (let at = 0; at < 3; at += 1) await setImmediate();
  await turns.take('late');
});

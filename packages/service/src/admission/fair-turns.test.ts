import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { FairTurns } from './fair-turns.ts';

test('each owner gets a turn before any owner gets a second one, however many requests it has', async () => {
  const turns = new FairTurns();
  const order: string[] = [];
  const ask = (owner: string): Promise<void> => turns.take(owner).then(() => void order.push(owner));
  const asked = [...Array.from({ length: 5 }, () => ask('crowd')), ask('one'), ask('other'), ask('one')];
  await Promise.all(asked);
  assert.deepEqual(order, ['crowd', 'crowd', 'one', 'other', 'crowd', 'one', 'crowd', 'crowd']);
});

/** How many of four requests have begun in each turn of the event loop, where each works for so long. */
async function begunByTurn(workMs: number): Promise<number[]> {
  let now = 0;
  const turns = new FairTurns(() => now);
  let begun = 0;
  for (let at = 0; at < 4; at += 1) {
    void turns.take('crowd').then(() => {
      begun += 1;
      now += workMs;
    });
  }
  const seen: number[] = [];
  for (let at = 0; at < 4; at += 1) {
    await Promise.resolve();
    seen.push(begun);
    await setImmediate();
  }
  for (let at = 0; at < 3; at += 1) await setImmediate();
  await turns.take('late');
  return seen;
}

test('work of a millisecond gets one turn per iteration of the event loop, and no turn is lost in a pause', async () => {
  assert.deepEqual(await begunByTurn(1), [1, 2, 3, 4]);
});

test('cheap work shares an iteration of the event loop', async () => {
  assert.deepEqual(await begunByTurn(0), [1, 4, 4, 4]);
  assert.deepEqual(await begunByTurn(0.5), [1, 3, 4, 4]);
});

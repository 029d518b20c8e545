/** A task's time counts from its start in a thread: what the machine takes to start a thread is no fault of the policy. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { markStarted, TimeLimit } from './time-limit.ts';

function limitOf({ mock }: TestContext): TimeLimit {
  mock.timers.enable({ apis: ['setTimeout'] });
  return new TimeLimit(100, 5000);
}

/** Lets what waits for the mark go on. */
const marked = async (limit: TimeLimit): Promise<void> => {
  const { value } = Atomics.waitAsync(limit.mark, 0, 0);
  markStarted(limit.mark);
  await value;
};

test('the time before the start does not count, that after it does', async (context) => {
  const limit = limitOf(context);
  context.mock.timers.tick(4999);
  await marked(limit);
  context.mock.timers.tick(99);
  assert.deepEqual([limit.hasStarted, limit.signal.aborted], [true, false]);
  context.mock.timers.tick(1);
  assert.equal(limit.signal.aborted, true);
});

test('a task that no thread starts is given up', (context) => {
  const limit = limitOf(context);
  context.mock.timers.tick(5000);
  assert.deepEqual([limit.hasStarted, limit.signal.aborted], [false, true]);
  limit.end();
});

test('a task that has ended is not aborted, started or not', async (context) => {
  const limit = limitOf(context);
  limit.end();
  await marked(limit);
  context.mock.timers.tick(10_000);
  assert.equal(limit.signal.aborted, false);
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { codeOf } from '../__fixtures__/refusals.ts';
import { refuse } from '../bytes/refusal.ts';
import { type MemoKey, VerificationMemo } from './memo.ts';

const numbers: MemoKey<number> = { name: 'numbers', is: (value): value is number => typeof value === 'number' };
const texts: MemoKey<string> = { name: 'texts', is: (value): value is string => typeof value === 'string' };

describe('VerificationMemo', () => {
  test('computes once for the same key', () => {
    const memo = new VerificationMemo();
    let runs = 0;
    const compute = (): number => {
      runs += 1;
      return runs;
    };
    assert.deepEqual([memo.remember(numbers, 'a', compute), memo.remember(numbers, 'a', compute)], [1, 1]);
    assert.equal(memo.remember(numbers, 'b', compute), 2);
  });

  test('keeps computations of different kinds apart', () => {
    const memo = new VerificationMemo();
    assert.equal(
      memo.remember(numbers, 'a', () => 1),
      1,
    );
    assert.equal(
      memo.remember(texts, 'a', () => 'x'),
      'x',
    );
  });

  test('keeps a digest in place of a key that is as long as its sender likes', (context) => {
    const set = context.mock.method(Map.prototype, 'set');
    const memo = new VerificationMemo();
    const long = 'x'.repeat(100_000);
    memo.remember(numbers, `${long}a`, () => 1);
    const [[key] = []] = set.mock.calls.map((call) => call.arguments);
    set.mock.restore();
    assert.equal(typeof key === 'string' ? key.length : key, 44);
    assert.deepEqual(
      [memo.remember(numbers, `${long}a`, () => 2), memo.remember(numbers, `${long}b`, () => 2)],
      [1, 2],
    );
  });

  test('does not remember a refusal', () => {
    const memo = new VerificationMemo();
    const refused = (): never => refuse('chain-signature', 'test', 'no');
    assert.equal(
      codeOf(() => memo.remember(numbers, 'a', refused)),
      'chain-signature',
    );
    assert.equal(
      memo.remember(numbers, 'a', () => 1),
      1,
    );
    assert.equal(memo.remember(numbers, 'a', refused), 1);
  });

  test('holds no more than its maximum and forgets the least recently used first', () => {
    const memo = new VerificationMemo(2);
    memo.remember(numbers, 'a', () => 1);
    memo.remember(numbers, 'b', () => 1);
    memo.remember(numbers, 'a', () => 2);
    memo.remember(numbers, 'c', () => 1);
    assert.equal(
      memo.remember(numbers, 'a', () => 3),
      1,
    );
    assert.equal(
      memo.remember(numbers, 'b', () => 3),
      3,
    );
  });
});

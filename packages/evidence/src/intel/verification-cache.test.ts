import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refuse } from '@atesto/core';
import { codeOf } from '../__fixtures__/refusals.ts';
import { type CachedComputation, VerificationCache } from './verification-cache.ts';

const numbers: CachedComputation<number> = {
  name: 'numbers',
  is: (value): value is number => typeof value === 'number',
};
const texts: CachedComputation<string> = { name: 'texts', is: (value): value is string => typeof value === 'string' };

describe('VerificationCache', () => {
  test('computes once for the same key', () => {
    const cache = new VerificationCache();
    let runs = 0;
    const compute = (): number => {
      runs += 1;
      return runs;
    };
    assert.deepEqual([cache.getOrCompute(numbers, 'a', compute), cache.getOrCompute(numbers, 'a', compute)], [1, 1]);
    assert.equal(cache.getOrCompute(numbers, 'b', compute), 2);
  });

  test('keeps computations of different kinds apart', () => {
    const cache = new VerificationCache();
    assert.equal(
      cache.getOrCompute(numbers, 'a', () => 1),
      1,
    );
    assert.equal(
      cache.getOrCompute(texts, 'a', () => 'x'),
      'x',
    );
    assert.equal(
      cache.getOrCompute({ ...texts, name: 'other texts' }, 'a', () => 'y'),
      'y',
    );
  });

  test('keeps a digest in place of a key that is as long as its sender likes', (context) => {
    const set = context.mock.method(Map.prototype, 'set');
    const cache = new VerificationCache();
    const long = 'x'.repeat(100_000);
    cache.getOrCompute(numbers, `${long}a`, () => 1);
    const [[key] = []] = set.mock.calls.map((call) => call.arguments);
    set.mock.restore();
    assert.equal(typeof key === 'string' ? key.length : key, 44);
    assert.deepEqual(
      [cache.getOrCompute(numbers, `${long}a`, () => 2), cache.getOrCompute(numbers, `${long}b`, () => 2)],
      [1, 2],
    );
  });

  test('does not remember a refusal', () => {
    const cache = new VerificationCache();
    const refused = (): never => refuse('chain-signature', 'test', 'no');
    assert.equal(
      codeOf(() => cache.getOrCompute(numbers, 'a', refused)),
      'chain-signature',
    );
    assert.equal(
      cache.getOrCompute(numbers, 'a', () => 1),
      1,
    );
    assert.equal(cache.getOrCompute(numbers, 'a', refused), 1);
  });

  test('holds no more than its maximum and forgets the least recently used first', () => {
    const cache = new VerificationCache(2);
    cache.getOrCompute(numbers, 'a', () => 1);
    cache.getOrCompute(numbers, 'b', () => 1);
    cache.getOrCompute(numbers, 'a', () => 2);
    cache.getOrCompute(numbers, 'c', () => 1);
    assert.equal(
      cache.getOrCompute(numbers, 'a', () => 3),
      1,
    );
    assert.equal(
      cache.getOrCompute(numbers, 'b', () => 3),
      3,
    );
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigurationError, checkOptions } from './index.ts';

interface Options {
  readonly timeoutSeconds?: number;
  readonly clock?: () => Date;
}
const names = { timeoutSeconds: true, clock: true } as const;

function misuse(options: unknown): { code: string; option: string; expected: string } {
  try {
    // What a caller without types can pass.
    checkOptions<Options>(options as Options, names, 'options');
  } catch (error) {
    assert.ok(error instanceof ConfigurationError && error instanceof TypeError);
    assert.equal(error.name, 'ConfigurationError');
    assert.equal(error.message, `${error.option}: expected ${error.expected}`);
    const { code, option, expected } = error;
    return { code, option, expected };
  }
  return assert.fail('was taken');
}

test('options that are known, left out or undefined are taken', () => {
  checkOptions<Options>({}, names, 'options');
  checkOptions<Options>({ timeoutSeconds: 1, clock: () => new Date() }, names, 'options');
  const undecided: object = { timeoutSeconds: undefined };
  checkOptions<Options>(undecided, names, 'options');
});

test('an option of another name is named, with those that exist', () => {
  for (const value of [1, undefined]) {
    assert.deepEqual(misuse({ timeoutSeconds: 1, timeoutMilliseconds: value }), {
      code: 'option-unknown',
      option: 'options.timeoutMilliseconds',
      expected: 'no such option, but timeoutSeconds, clock',
    });
  }
});

test('a member of every object is no option', () => {
  assert.equal(misuse(JSON.parse('{"__proto__": 1}')).option, 'options.__proto__');
  assert.equal(misuse({ constructor: 1 }).option, 'options.constructor');
});

test('what is no object of options is refused', () => {
  for (const options of [undefined, null, 'x', 1, [], [1], () => {}]) {
    assert.deepEqual(misuse(options), { code: 'option-invalid', option: 'options', expected: 'an object of options' });
  }
});

test('a configuration error keeps the code, place and cause that it is given', () => {
  const cause = new Error('the reason');
  const error = new ConfigurationError('issuers', 'at least one issuer', 'issuer-invalid', cause);
  assert.deepEqual([error.code, error.option, error.cause], ['issuer-invalid', 'issuers', cause]);
  assert.equal('cause' in new ConfigurationError('issuers', 'at least one issuer'), false);
});

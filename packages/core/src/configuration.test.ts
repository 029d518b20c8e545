import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { ConfigurationError, checkBytes, checkOptions, checkText, checkTime } from './index.ts';

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

test('the namespace of a module holds options like any other object', async () => {
  const source: string = 'data:text/javascript,export const timeoutSeconds = 1;';
  checkOptions<Options>(await import(source), names, 'options');
});

test('an option of another name is found among those that options inherit', () => {
  assert.equal(misuse(Object.create({ timeoutSecond: 1 })).option, 'options.timeoutSecond');
  checkOptions<Options>(Object.create({ timeoutSeconds: 1 }), names, 'options');
});

test('a member of every object is no option', () => {
  assert.equal(misuse(JSON.parse('{"__proto__": 1}')).option, 'options.__proto__');
  assert.equal(misuse({ constructor: 1 }).option, 'options.constructor');
});

test('what is no object of options is refused', () => {
  const elsewhere = [
    Promise.resolve({ timeoutSeconds: 1 }),
    new Map([['timeoutSeconds', 1]]),
    new Date(),
    Buffer.of(1),
  ];
  for (const options of [null, 'x', 1, [], [1], () => {}, ...elsewhere]) {
    assert.deepEqual(misuse(options), { code: 'option-invalid', option: 'options', expected: 'an object' });
  }
  assert.deepEqual(misuse(undefined), { code: 'option-missing', option: 'options', expected: 'an object' });
});

test('a configuration error keeps the code, place and cause that it is given', () => {
  const cause = new Error('the reason');
  const error = new ConfigurationError('issuers', 'at least one issuer', 'issuer-invalid', cause);
  assert.deepEqual([error.code, error.option, error.cause], ['issuer-invalid', 'issuers', cause]);
  assert.equal('cause' in new ConfigurationError('issuers', 'at least one issuer'), false);
});

test('times, bytes and texts are taken, also those of another realm', () => {
  checkTime(new Date(0), 'at');
  checkTime(runInNewContext('new Date(0)'), 'at');
  for (const bytes of [new Uint8Array(), Buffer.of(1), runInNewContext('new Uint8Array(1)')])
    checkBytes(bytes, 'bytes');
  checkText('', 'name');
});

test('what is no time, no bytes or no text is refused, and told from what is missing', () => {
  const codeOf = (check: (value: unknown, option: string) => void, value: unknown): string => {
    try {
      check(value, 'it');
    } catch (error) {
      if (error instanceof ConfigurationError) return `${error.code} ${error.option}`;
    }
    return 'taken';
  };
  const times = ['2026-01-01T00:00:00Z', 0, new Date(Number.NaN), null, { getTime: () => 0 }];
  const bytes = ['AAAA', [1], new ArrayBuffer(1), new DataView(new ArrayBuffer(1)), new Uint16Array(1), null];
  for (const [check, values] of [
    [checkTime, times],
    [checkBytes, bytes],
    [checkText, [1, null, ['x']]],
  ] as const) {
    for (const value of values) assert.equal(codeOf(check, value), 'option-invalid it');
    assert.equal(codeOf(check, undefined), 'option-missing it');
  }
});

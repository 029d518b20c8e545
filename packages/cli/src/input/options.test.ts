/** Options are read strictly: what is not exactly of their form is refused. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { printable } from '../style.ts';
import { readHex, readInteger, readTcbStatus, readTime } from './options.ts';

describe('times', () => {
  for (const [text, time] of [
    ['2025-10-01T00:00:00Z', '2025-10-01T00:00:00.000Z'],
    ['2025-10-01T02:00:00+02:00', '2025-10-01T00:00:00.000Z'],
    ['2025-10-01T00:00:00.123456Z', '2025-10-01T00:00:00.123Z'],
    ['2025-10-01', '2025-10-01T00:00:00.000Z'],
  ] as const) {
    test(`reads ${text}`, () => assert.equal(readTime(text).toISOString(), time));
  }

  for (const text of [
    '',
    'yesterday',
    '2025',
    '2025-10',
    '2025-13-01',
    '2025-02-30',
    '2025-10-01T00:00:00',
    '1759276800',
    ' 2025-10-01',
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => readTime(text), /Write a time/));
  }
});

test('hexadecimal digits of exactly the length, in lower case', () => {
  assert.equal(readHex(2)('AbCd'), 'abcd');
  for (const text of ['', 'abc', 'abcde', 'abcg', '0xab', ' abcd'])
    assert.throws(() => readHex(2)(text), /Write 4 hex/);
});

test('whole numbers within their range', () => {
  const read = readInteger(1, 10);
  assert.deepEqual(['1', '010', '10'].map(read), [1, 10, 10]);
  for (const text of ['0', '11', '-1', '1.5', '1e1', '', ' 1', '9'.repeat(16)])
    assert.throws(() => read(text), /from 1 to 10/);
});

test('TCB statuses in any case, but never Revoked', () => {
  assert.equal(readTcbStatus('outofdate'), 'OutOfDate');
  for (const text of ['Revoked', '', 'Out Of Date']) assert.throws(() => readTcbStatus(text), /Write one of/);
});

test('nothing that a terminal acts on passes; line ends and tabs do', () => {
  const every = Array.from({ length: 0x2100 }, (_, code) => String.fromCharCode(code)).join('');
  const shown = printable(every);
  assert.equal(shown.length, every.length);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass
  assert.doesNotMatch(shown, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  assert.match(shown, /\t\n/);
});

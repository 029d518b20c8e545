/** Tables keep their columns, whatever is missing in a line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columns } from './style.ts';

test('columns are as wide as their longest cell; what is absent is a dash; nothing trails', () => {
  assert.equal(columns([]), '');
  assert.equal(
    columns([
      [1, 'set', 'x', ''],
      [22, undefined, 'yy', 'code'],
    ]),
    '1   set  x\n22  -    yy  code\n',
  );
});

test('a cell with control characters cannot act on a terminal', () => {
  assert.equal(columns([['a\u001b[31mb']]), 'a\ufffd[31mb\n');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonValue, readJson, sameJson } from '@atesto/core';
import fc from 'fast-check';
import { writeExactJson } from './json.ts';

test('property: what is written is read back the same, integers of any size included', () => {
  const json = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constant(null),
      fc.boolean(),
      fc.string({ unit: 'binary' }),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .filter((n) => !Object.is(n, -0) && (!Number.isInteger(n) || Number.isSafeInteger(n))),
      fc.bigInt().filter((n) => !Number.isSafeInteger(Number(n))),
      fc.array(tie('value')),
      fc.dictionary(
        fc.string().filter((name) => name !== '__proto__'),
        tie('value'),
        { noNullPrototype: true },
      ),
    ),
  })).value;
  fc.assert(
    fc.property(json, (value) => {
      const read = readJson(writeExactJson(value));
      assert.ok(read.ok && sameJson(read.value, value));
    }),
  );
});

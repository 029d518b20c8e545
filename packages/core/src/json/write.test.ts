import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JsonValue, readJson, sameJson, writeExactJson } from '../index.ts';
import { writeByHand } from './write.ts';

test('readJson reads every value back that writeExactJson writes, with exact integers', () => {
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
      // Engines without JSON.rawJSON write the same.
      for (const indent of [0, 2]) assert.equal(writeByHand(value, indent), writeExactJson(value, indent));
    }),
  );
});

test('what JSON cannot express is refused, and undefined members are left out', () => {
  for (const write of [writeExactJson, writeByHand]) {
    for (const number of [Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => write({ a: [number] }, 0), {
        refusal: { code: 'number-not-finite', where: '0', why: 'JSON cannot express this number' },
      });
    }
    assert.equal(write({ a: undefined, b: [undefined], c: {} }, 0), '{"b":[null],"c":{}}');
  }
});

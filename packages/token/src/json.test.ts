import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accepted, codeOf } from './__fixtures__/keys.ts';
import { type JsonValue, parseExactJson } from './index.ts';
import { sameJson, writeExactJson } from './json.ts';

test('reads integers beyond 2^53 exactly and everything else as JSON.parse does', () => {
  assert.deepEqual(accepted(parseExactJson('{"a":18446744073709551615,"b":[-9007199254740993],"c":1.5,"d":1e300}')), {
    a: 18446744073709551615n,
    b: [-9007199254740993n],
    c: 1.5,
    d: 1e300,
  });
});

test('refuses text that is not JSON', () => {
  for (const text of ['', '{', '{"a":1}x', "{'a':1}", '\ufeff{}']) {
    assert.equal(codeOf(parseExactJson(text)), 'json-malformed');
  }
});

test('refuses JSON that nests deeper than 128 levels, however deep', () => {
  assert.ok(parseExactJson(`${'['.repeat(128)}${']'.repeat(128)}`).ok);
  assert.equal(codeOf(parseExactJson(`${'['.repeat(129)}${']'.repeat(129)}`)), 'json-too-deep');
  assert.equal(codeOf(parseExactJson('{"a":'.repeat(1_000_000))), 'json-too-deep');
  assert.ok(parseExactJson(`"${'['.repeat(1000)}\\"${'['.repeat(1000)}"`).ok);
});

test('property: what is written is read back the same, integers of any size included', () => {
  const json = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constant(null),
      fc.boolean(),
      fc.string({ unit: 'binary' }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
      fc.bigInt().filter((n) => !Number.isSafeInteger(Number(n))),
      fc.array(tie('value')),
      fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
    ),
  })).value;
  fc.assert(
    fc.property(json, (value) => {
      const read = accepted(parseExactJson(writeExactJson(value)));
      assert.ok(sameJson(read, value));
    }),
  );
});

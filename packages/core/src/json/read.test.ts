import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVector, vectorsMissing } from '@atesto/vectors';
import fc from 'fast-check';
import { isJsonObject, type JsonFaultKind, type JsonValue, readJson, sameJson } from '../index.ts';

function parsed(source: string | Uint8Array): JsonValue {
  const reading = readJson(source);
  assert.ok(reading.ok, reading.ok ? '' : reading.fault.why);
  return reading.value;
}

function faultOf(source: string | Uint8Array, maxDepth?: number): JsonFaultKind | 'none' {
  const reading = readJson(source, maxDepth === undefined ? {} : { maxDepth });
  return reading.ok ? 'none' : reading.fault.kind;
}

test('reads integers beyond 2^53 exactly, at any depth, and everything else as JSON.parse does', () => {
  const text =
    '{"a":18446744073709551615,"b":[{"c":-9007199254740993}],"d":9007199254740991,"e":1.5,"f":[null,true,false]}';
  assert.deepEqual(parsed(text), {
    a: 18446744073709551615n,
    b: [{ c: -9007199254740993n }],
    d: 9007199254740991,
    e: 1.5,
    f: [null, true, false],
  });
});

test('reads each number in one representation, however it is written', () => {
  for (const [text, value] of [
    ['0', 0],
    ['-0', 0],
    ['-0.0e5', 0],
    ['0e999999999', 0],
    ['1.0', 1],
    ['1e2', 100],
    ['120e-1', 12],
    ['0.1', 0.1],
    ['0.10', 0.1],
    ['1E-7', 1e-7],
    ['-2.5', -2.5],
    ['5e-324', 5e-324],
    ['000', undefined],
    ['9007199254740991.0', 9007199254740991],
    ['9007199254740992.0', 9007199254740992n],
    ['1e21', 10n ** 21n],
    ['-1e22', -(10n ** 22n)],
  ] as const) {
    const reading = readJson(text);
    assert.deepEqual(reading.ok ? reading.value : undefined, value, text);
    assert.ok(!reading.ok || !Object.is(reading.value, -0), text);
  }
});

test('refuses numbers that would have to be rounded', () => {
  for (const text of [
    '9007199254740993.0',
    '12345678901234567890e0',
    '1e400',
    '-1e400',
    '1e-400',
    '1e23',
    '1e300',
    '0.1234567890123456789',
    '0.10000000000000001',
    '1.7976931348623159e308',
  ]) {
    assert.equal(faultOf(`{"n":[${text}]}`), 'number-inexact', text);
  }
});

test('refuses numbers that take long to read for their length', () => {
  assert.equal(faultOf('9'.repeat(400)), 'none');
  assert.equal(faultOf(`[{"b":${'9'.repeat(401)}}]`), 'number-length');
  assert.equal(faultOf(`1.${'9'.repeat(400)}`), 'number-length');
});

test('refuses text that is not JSON, and bytes that are not UTF-8', () => {
  const texts = ['', ' ', '{', '[', '"', '"\\"', '{"a"}', '{"a":}', '{"a":1,}', '[1,]', '[,1]', "{'a':1}", '{"a":1}x'];
  texts.push('\ufeff{}', '01', '-', '1.', '.5', '+1', '1e', 'nul', 'nulls', 'NaN', '"\n"', '"\\x"', '"\\u12g4"', '1 2');
  texts.push('{1:2}', '[1 2]', '{"a" 1}', '\u00a01');
  for (const text of texts) assert.equal(faultOf(text), 'syntax', text);
  assert.equal(faultOf(Uint8Array.of(0x22, 0xff, 0x22)), 'encoding');
  assert.equal(faultOf(Buffer.from('\ufeff{}')), 'syntax');
});

test('refuses two members of one name, however they are written', () => {
  for (const text of ['{"a":1,"a":2}', '{"b":{"a":1,"a":1}}', '{"a":1,"\\u0061":2}', '[{"a":"}","a":"{"}]']) {
    assert.equal(faultOf(text), 'name-repeated', text);
  }
  for (const text of ['{"a":"a","b":["a","a"],"c":{"a":"a"}}', '{"\\\\":1,"\\"":2,"\\\\\\"":3}']) {
    assert.equal(faultOf(text), 'none', text);
  }
});

test('refuses a member named __proto__, also when it is escaped', () => {
  for (const text of ['{"__proto__":{}}', '{"a":{"\\u005f_proto__":1}}']) assert.equal(faultOf(text), 'name-forbidden');
  assert.equal(faultOf('{"a":"__proto__","constructor":1}'), 'none');
});

test('halves of surrogate pairs are faults, in strings and names, escaped or not', () => {
  for (const text of ['"\\ud800"', '{"\\udc00":1}', '["\\udc00\\ud800"]', '"\ud800"', '"\\ud83dx\\ude00"']) {
    assert.equal(faultOf(text), 'string-unpaired', text);
  }
  for (const text of ['"\\ud83d\\ude00"', '"\u{1f600}"', '"\\\\ud800"']) assert.equal(faultOf(text), 'none', text);
});

test('refuses nesting beyond the limit, however deep, without running out of stack', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  assert.equal(faultOf(nested(64)), 'none');
  assert.equal(faultOf(nested(65)), 'depth');
  assert.equal(faultOf(nested(3), 2), 'depth');
  assert.equal(faultOf('{"a":'.repeat(1_000_000)), 'depth');
  assert.equal(faultOf(`"${'['.repeat(1000)}\\"${'['.repeat(1000)}"`), 'none');
});

test('tells where the fault is, without words of the text', () => {
  const reading = readJson('{"a":[1,1e400]}');
  assert.deepEqual(reading, {
    ok: false,
    fault: { kind: 'number-inexact', at: 8, why: 'it has a number that would have to be rounded' },
  });
});

const found = 'found-1';
test('reads runtime data of real callers exactly or not at all', { skip: vectorsMissing(found) }, () => {
  assert.deepEqual(parsed(readVector(found, 'runtime-data-bigint.json')), { id: 2n ** 53n + 1n });
  for (const name of ['overflow', 'rounded']) {
    assert.equal(faultOf(readVector(found, `runtime-data-${name}.json`)), 'number-inexact');
  }
});

test('property: reads every text of JSON.stringify as JSON.parse does, whole numbers beyond 2^53 aside', () => {
  const isSmall = (value: unknown): boolean =>
    typeof value === 'number'
      ? !Number.isInteger(value) || Number.isSafeInteger(value)
      : typeof value !== 'object' || value === null || Object.values(value).every(isSmall);
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }).filter(isSmall), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      fc.pre(!text.includes('__proto__'));
      assert.deepEqual(parsed(text), JSON.parse(text));
    }),
  );
});

test('property: what is no JSON to JSON.parse is no JSON here, and the other way about', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    ':',
    ',',
    '1',
    '-',
    '.',
    '0',
    'a',
    ' ',
    'null',
    '"a"',
    'e9',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      const fault = faultOf(text);
      if (fault === 'none') assert.ok(isJson, text);
      if (isJson) assert.notEqual(fault, 'syntax', text);
    }),
    { numRuns: 2000 },
  );
});

test('compares values whatever the order of their members and the size of their integers', () => {
  assert.ok(sameJson(parsed('{"a":[1,{"b":9007199254740993}],"c":null}'), { c: null, a: [1n, { b: 2n ** 53n + 1n }] }));
  assert.equal(sameJson(parsed('9007199254740993'), 2n ** 53n), false);
  assert.equal(sameJson(2 ** 53, 2n ** 53n), false);
  assert.equal(sameJson({ a: 1 }, { a: 1, b: 2 }), false);
  assert.equal(sameJson([1], { 0: 1 }), false);
  assert.equal(isJsonObject([]), false);
});

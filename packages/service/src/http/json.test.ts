import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused } from '@atesto/core';
import fc from 'fast-check';
import { parseJsonObject } from './json.ts';

function parse(text: string | Uint8Array): unknown {
  return parseJsonObject(typeof text === 'string' ? Buffer.from(text) : text, 'body', 'body-not-json');
}

function codeOf(text: string | Uint8Array): string {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof Refused);
    return error.refusal.code;
  }
  return 'accepted';
}

test('reads integers beyond 2^53 without rounding them, at any depth', () => {
  assert.deepEqual(parse('{"a":18446744073709551615,"b":[{"c":-9007199254740993}],"d":9007199254740991,"e":1.5}'), {
    a: 18446744073709551615n,
    b: [{ c: -9007199254740993n }],
    d: 9007199254740991,
    e: 1.5,
  });
});

test('refuses what is no JSON object in UTF-8', () => {
  for (const text of [
    '',
    ' ',
    'null',
    '[]',
    '5',
    '"{}"',
    '{',
    '{"a":}',
    "{'a':1}",
    '{"a":1}x',
    '\ufeff{}',
    '{"a":01}',
  ]) {
    assert.equal(codeOf(text), 'body-not-json', text);
  }
  assert.equal(codeOf(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)), 'body-not-json');
});

test('refuses two members of one name, however they are written', () => {
  for (const text of ['{"a":1,"a":2}', '{"b":{"a":1,"a":1}}', '{"a":1,"\\u0061":2}', '{"x":[{"a":"}","a":"{"}]}']) {
    assert.equal(codeOf(text), 'member-duplicate', text);
  }
  for (const text of ['{"a":"a","b":["a","a"],"c":{"a":"a"}}', '{"\\\\":1,"\\"":2,"\\\\\\"":3}']) {
    assert.equal(codeOf(text), 'accepted', text);
  }
});

test('refuses a member named __proto__, also when it is escaped', () => {
  for (const text of ['{"__proto__":{}}', '{"a":{"\\u005f_proto__":1}}'])
    assert.equal(codeOf(text), 'member-forbidden');
  assert.equal(codeOf('{"a":"__proto__","constructor":1}'), 'accepted');
});

test('refuses nesting beyond 32 levels, however deep, without running out of stack', () => {
  const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
  assert.equal(codeOf(nested(32)), 'accepted');
  assert.equal(codeOf(nested(33)), 'json-too-deep');
  assert.equal(codeOf(nested(200_000)), 'json-too-deep');
});

test('refuses numbers that take long to read for their length', () => {
  assert.equal(codeOf(`{"a":${'9'.repeat(400)}}`), 'accepted');
  assert.equal(codeOf(`{"a":[{"b":${'9'.repeat(401)}}]}`), 'member-invalid');
  assert.equal(codeOf(`{"a":1.${'9'.repeat(400)}}`), 'member-invalid');
});

test('refuses numbers that would have to be rounded', () => {
  for (const text of ['{"n":1e400}', '{"a":[9007199254740993.0]}', '{"a":0.1234567890123456789}', '{"a":1e-400}']) {
    assert.equal(codeOf(text), 'number-inexact', text);
  }
});

test('property: no text makes it fail otherwise than by a refusal', () => {
  const pieces = fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', '1', 'a', ' ', 'null', '"a"', '{"a":', 'e9');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      codeOf(parts.join(''));
    }),
  );
});

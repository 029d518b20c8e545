import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64, decodeBase64url, decodeUtf8, encodeBase64url } from '../index.ts';

const bytesOf = (...values: number[]) => new Uint8Array(values);

test('decodeBase64url accepts what Buffer writes as base64url', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 99 }), (bytes) => {
      assert.deepEqual(decodeBase64url(Buffer.from(bytes).toString('base64url')), bytes);
    }),
  );
});

test('decodeBase64 accepts both alphabets, with and without padding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 99 }), (bytes) => {
      const standard = Buffer.from(bytes).toString('base64');
      const url = standard.replaceAll('+', '-').replaceAll('/', '_');
      for (const text of [standard, url, standard.replaceAll('=', ''), url.replaceAll('=', '')]) {
        assert.deepEqual(decodeBase64(text), bytes, text);
      }
    }),
  );
});

test('decodeBase64url accepts a text only when Buffer writes the same text back', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'AQgw_-+/= \né0'), maxLength: 12 });
  fc.assert(
    fc.property(digits, (text) => {
      const isCanonical = Buffer.from(text, 'base64url').toString('base64url') === text;
      assert.equal(decodeBase64url(text) !== undefined, isCanonical, text);
    }),
  );
});

test('decodeBase64 refuses mixed alphabets, wrong padding, stray bits and white space', () => {
  for (const text of [
    '+_==',
    '-/AA',
    'A',
    'AA=',
    'AAA==',
    'AAAA=',
    'AA===',
    '=',
    'AB==',
    'AAB=',
    'AB',
    ' AA',
    'A A=',
    'ÿAAA',
    '→AAA',
  ]) {
    assert.equal(decodeBase64(text), undefined, text);
  }
  assert.deepEqual(decodeBase64(''), bytesOf());
});

test('decodeUtf8 refuses malformed bytes and keeps or drops a byte order mark', () => {
  for (const bytes of [bytesOf(0xff), bytesOf(0xc0, 0x80), bytesOf(0xed, 0xa0, 0x80), bytesOf(0xe2, 0x82)]) {
    assert.equal(decodeUtf8(bytes), undefined);
    assert.equal(decodeUtf8(bytes, 'drop'), undefined);
  }
  const marked = bytesOf(0xef, 0xbb, 0xbf, 0x41);
  assert.equal(decodeUtf8(marked), '\ufeffA');
  assert.equal(decodeUtf8(marked, 'drop'), 'A');
});

test('base64url is written as Node writes it, and read again the same', () => {
  const bytes = Uint8Array.from({ length: 40_000 }, (_, index) => (index * 7919) % 256);
  for (const size of [0, 1, 2, 3, 12_287, 12_288, 12_289, 40_000]) {
    const part = bytes.subarray(0, size);
    assert.equal(encodeBase64url(part), Buffer.from(part).toString('base64url'));
    assert.deepEqual(decodeBase64url(encodeBase64url(part)), Uint8Array.from(part));
  }
});

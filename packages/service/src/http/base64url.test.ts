import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused } from '@atesto/core';
import fc from 'fast-check';
import { decodeBase64url } from './base64url.ts';

function refused(text: string): boolean {
  try {
    decodeBase64url(text, 'body.quote');
    return false;
  } catch (error) {
    assert.ok(error instanceof Refused);
    assert.equal(error.refusal.code, 'base64url-invalid');
    return true;
  }
}

test('property: reads base64url and base64, padded or not, with white space around', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const plain = Buffer.from(bytes).toString('base64');
      const url = Buffer.from(bytes).toString('base64url');
      const padded = plain.replaceAll('+', '-').replaceAll('/', '_');
      for (const text of [url, padded, plain, plain.replace(/=+$/, ''), ` \r\n${url}\t `]) {
        assert.deepEqual(Buffer.from(decodeBase64url(text, 'body.quote')), Buffer.from(bytes));
      }
    }),
  );
});

test('refuses mixed alphabets, foreign characters, white space inside, wrong padding and stray bits', () => {
  for (const text of [
    '-_+/',
    'AA AA',
    'AA\nAA',
    'A',
    'AAAAA',
    'AA=',
    'AAA==',
    'AAAA=',
    '====',
    'A===',
    'AB',
    'AAB',
    'ä',
    'AA%3D',
    '\0',
  ]) {
    assert.ok(refused(text), JSON.stringify(text));
  }
});

test('property: what it reads encodes to the same digits', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'AQgwBZaz09-_+/='), maxLength: 12 }), (text) => {
      if (refused(text)) return;
      const digits = text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      assert.equal(Buffer.from(decodeBase64url(text, 'body.quote')).toString('base64url'), digits);
    }),
  );
});

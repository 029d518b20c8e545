/** Answers are taken apart without being written anew, and damage to them is refused, never thrown otherwise. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused } from '@atesto/core';
import type { HttpResponse } from '@atesto/http-client';
import { pckCertificateChain, revocationList, signedBody } from './answers.ts';

const signature = 'ab'.repeat(64);
const chain = encodeURIComponent('-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n');
const headers = { 'content-type': 'application/json', chain };

function answerOf(body: string | Uint8Array, changed: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status: 200, headers: { ...headers, ...changed }, body: Buffer.from(body) };
}

const read = (body: string | Uint8Array, changed: Readonly<Record<string, string>> = {}) =>
  signedBody(answerOf(body, changed), 'tcbInfo', ['chain'], 'platform', 'test');
const malformed = (error: unknown): boolean =>
  error instanceof Refused && error.refusal.code === 'endorsements-malformed';

test('a right body of another media type is refused, and parameters of the media type are no fault', () => {
  const body = `{"tcbInfo":{},"signature":"${signature}"}`;
  for (const type of ['text/html', 'text/plain', 'application/jsonp', '']) {
    assert.throws(() => read(body, { 'content-type': type }), malformed, type);
  }
  assert.ok(read(body, { 'content-type': 'Application/JSON; charset=utf-8' }));
  const list = Buffer.from('30820004deadbeef', 'hex');
  for (const type of ['text/html; charset=utf-8', 'application/json']) {
    assert.throws(() => revocationList(answerOf(list, { 'content-type': type }), 'test'), malformed, type);
  }
});

test('an issuer chain that is not percent-encoded, or holds no certificates, is refused', () => {
  const body = `{"tcbInfo":{},"signature":"${signature}"}`;
  for (const header of ['%', '%ff', 'none', '']) {
    assert.throws(() => read(body, { chain: header }), malformed, header);
  }
});

test('the signed bytes are those between head and tail, whatever white space and order they have', () => {
  for (const body of ['{}', '{ "b" : 1,\n"a":"é\\u00e9" }', '{"signature":"x","tcbInfo":{"signature":"}"}}']) {
    const result = read(`{"tcbInfo":${body},"signature":"${signature}"}`);
    assert.equal(Buffer.from(result.body).toString('utf8'), body);
    assert.equal(Buffer.from(result.signature).toString('hex'), signature);
  }
});

test('a body cut at any byte is refused', () => {
  const whole = Buffer.from(`{"tcbInfo":{"id":"SGX","levels":[1,2]},"signature":"${signature}"}`);
  for (let length = 0; length < whole.length; length += 1) {
    assert.throws(() => read(whole.subarray(0, length)), Refused);
  }
});

test('a body with any byte changed is refused, or gives exactly what stands between head and tail', () => {
  const whole = Buffer.from(`{"tcbInfo":{"id":"SGX","levels":[1,2]},"signature":"${signature}"}`);
  for (let offset = 0; offset < whole.length; offset += 1) {
    for (const byte of [0x00, 0x20, 0x22, 0x2c, 0x7d, 0xff]) {
      const damaged = Buffer.from(whole);
      damaged[offset] = byte;
      try {
        const { body } = read(damaged);
        assert.deepEqual(JSON.parse(Buffer.from(body).toString('utf8')), JSON.parse(damaged.toString('utf8')).tcbInfo);
      } catch (error) {
        assert.ok(error instanceof Refused, String(error));
      }
    }
  }
});

test('revocation lists and certificates that are cut anywhere do not throw otherwise', () => {
  const der = Buffer.from('30820004deadbeef', 'hex');
  const pem = '-----BEGIN X509 CRL-----\nMIIABN6tvu8=\n-----END X509 CRL-----\n';
  assert.deepEqual(Buffer.from(revocationList({ ...answerOf(pem), headers: {} }, 'test')), der);
  for (const text of [pem, der.toString('hex')]) {
    for (let length = 0; length < text.length; length += 1) {
      const answer = { ...answerOf(text.slice(0, length)), headers: {} };
      for (const parse of [revocationList, pckCertificateChain]) {
        try {
          parse(answer, 'test');
        } catch (error) {
          assert.ok(error instanceof Refused, String(error));
        }
      }
    }
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestId } from './request-id.ts';

test('gives UUIDs of version 7 that begin with their time', () => {
  const id = requestId(0x0199_0a1b_2c3d);
  assert.match(id, /^01990a1b-2c3d-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.match(requestId(), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('never gives an id twice', () => {
  assert.equal(new Set(Array.from({ length: 10_000 }, () => requestId(1))).size, 10_000);
});

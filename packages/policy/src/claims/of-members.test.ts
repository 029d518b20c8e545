import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimsOfMembers } from './of-members.ts';

test('gives lists member by member, objects as their text, null not at all', () => {
  const issuer = 'AttestationService';
  const members = { a: 1, b: true, c: ['x', 2, null, ['y']], d: { e: [1] }, f: null, g: 1.5 };
  assert.deepEqual(claimsOfMembers(members, issuer), [
    { type: 'a', value: 1n, issuer },
    { type: 'b', value: true, issuer },
    { type: 'c', value: 'x', issuer },
    { type: 'c', value: 2n, issuer },
    { type: 'c', value: '["y"]', issuer },
    { type: 'd', value: '{"e":[1]}', issuer },
    { type: 'g', value: '1.5', issuer },
  ]);
});

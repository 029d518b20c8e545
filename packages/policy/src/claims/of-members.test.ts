import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimsOfMembers } from './of-members.ts';

test('gives lists member by member, objects as their text, null not at all', () => {
  const issuer = 'AttestationService';
  const members = {
    a: 1,
    b: true,
    c: ['x', 2, null, ['y']],
    d: { e: [1] },
    f: null,
    g: 1.5,
    h: 2n ** 53n,
    i: 2n ** 63n,
    j: { k: 2n ** 53n },
  };
  assert.deepEqual(claimsOfMembers(members, issuer), [
    { type: 'a', value: 1n, issuer },
    { type: 'b', value: true, issuer },
    { type: 'c', value: 'x', issuer },
    { type: 'c', value: 2n, issuer },
    { type: 'c', value: '["y"]', issuer },
    { type: 'd', value: '{"e":[1]}', issuer },
    { type: 'g', value: '1.5', issuer },
    { type: 'h', value: 2n ** 53n, issuer },
    { type: 'i', value: '9223372036854775808', issuer },
    { type: 'j', value: '{"k":9007199254740992}', issuer },
  ]);
});

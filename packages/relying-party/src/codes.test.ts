import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { configurationCodes, tokenRefusals } from './codes.ts';
import * as relyingParty from './index.ts';
import * as forFastify from './middleware/fastify.ts';
import * as forFetch from './middleware/fetch.ts';
import * as forHono from './middleware/hono.ts';
import * as forNode from './middleware/node.ts';

const tests = globSync('**/*.test.ts', { cwd: import.meta.dirname })
  .map((file) => readFileSync(`${import.meta.dirname}/${file}`, 'utf8'))
  .join('\n');

for (const code of Object.keys({ ...relyingParty.relyingPartyCodes, ...configurationCodes })) {
  test(`a test produces ${code}`, () => assert.ok(tests.includes(`'${code}'`)));
}

test('each code is of one group', () => {
  const codes = Object.keys(relyingParty.relyingPartyCodes) as relyingParty.RelyingPartyCode[];
  const groups = Object.groupBy(codes, relyingParty.refusalGroup);
  assert.deepEqual(groups.keys, ['keys-unavailable', 'keys-malformed']);
  assert.deepEqual(groups.token?.toSorted(), Object.keys(tokenRefusals).toSorted());
  assert.ok(groups.expectation?.includes('svn-too-low') && groups.token?.includes('key-unknown'));
});

test('exports exactly the public API', () => {
  assert.deepEqual(Object.keys(relyingParty).sort(), [
    'ConfigurationError',
    'acceptedAlgorithms',
    'createVerifier',
    'inspectToken',
    'refusalGroup',
    'relyingPartyCodes',
    'unwrap',
  ]);
  assert.deepEqual(Object.keys(forNode).sort(), ['attestationOf', 'createTrustingFetch', 'requireAttestation']);
  assert.deepEqual(Object.keys(forFastify).sort(), ['attestationOf', 'requireAttestation']);
  assert.deepEqual(Object.keys(forHono).sort(), ['attestationOf', 'requireAttestation']);
  assert.deepEqual(Object.keys(forFetch), ['withAttestation']);
});

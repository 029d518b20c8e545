import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as token from './index.ts';

const tests = globSync('**/*.test.ts', { cwd: import.meta.dirname })
  .map((file) => readFileSync(`${import.meta.dirname}/${file}`, 'utf8'))
  .join('\n');

for (const code of Object.keys(token.tokenCodes)) {
  test(`a test produces ${code}`, () => assert.ok(tests.includes(`'${code}'`)));
}

test('exports exactly the public API', () => {
  assert.deepEqual(Object.keys(token).sort(), [
    'addKey',
    'attestationClaims',
    'attestationLifetimeSeconds',
    'certifyHeldKey',
    'checkSchedule',
    'currentKey',
    'defaultSchedule',
    'developmentRootClaim',
    'dropRetired',
    'generateSigningKey',
    'heldSigningKeyOf',
    'importSigningKey',
    'isReservedClaim',
    'isSigningAlgorithm',
    'issueToken',
    'issueTokenByHolder',
    'issueTokenInPool',
    'issueUnsecuredToken',
    'jwks',
    'keyValidity',
    'managementClaims',
    'managementLifetimeSeconds',
    'nextRotation',
    'openIdMetadata',
    'openSigningKey',
    'publishedKeys',
    'rotationDue',
    'sealSigningKey',
    'signingAlgorithms',
    'supportedClaims',
    'tokenCodes',
    'withdrawKey',
  ]);
});

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as relyingParty from './index.ts';

const tests = globSync('**/*.test.ts', { cwd: import.meta.dirname })
  .map((file) => readFileSync(`${import.meta.dirname}/${file}`, 'utf8'))
  .join('\n');

for (const code of Object.keys(relyingParty.relyingPartyCodes)) {
  test(`a test produces ${code}`, () => assert.ok(tests.includes(`'${code}'`)));
}

test('exports exactly the public API', () => {
  assert.deepEqual(Object.keys(relyingParty).sort(), [
    'ConfigurationError',
    'acceptedAlgorithms',
    'attestationOf',
    'createVerifier',
    'inspectToken',
    'relyingPartyCodes',
    'requireAttestation',
    'withAttestation',
  ]);
});

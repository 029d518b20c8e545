/** Every code of the client is produced by some test, and the public API is the one that is meant. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as client from './index.ts';

test('each code stands in a test that produces it', () => {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const tests = globSync(`${folder}**/*.test.ts`).filter((file) => !file.endsWith('codes.test.ts'));
  const text = tests.map((file) => readFileSync(file, 'utf8')).join('');
  assert.deepEqual(
    Object.keys(client.clientCodes).filter((code) => !text.includes(`'${code}'`)),
    [],
  );
});

test('the public API', () => {
  assert.deepEqual(Object.keys(client).sort(), [
    'ClientError',
    'ProviderAdministration',
    'ProvidersClient',
    'ServiceRefusedError',
    'clientCodes',
    'createAdministrationClient',
    'createAttestationClient',
    'createClientCredentials',
    'evidenceFromConfigfsTsm',
    'evidenceFromFile',
    'evidenceFromGramine',
    'evidenceFromPlatform',
    'evidenceOf',
    'fixedAccessToken',
    'policyJws',
    'reportDataFor',
    'resetJws',
    'signerChangeJws',
    'writeSnpDocument',
  ]);
});

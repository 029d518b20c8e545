/** Every code of the client is produced by some test, and the public API is the one that is meant. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import * as admin from './administration/index.ts';
import { configurationCodes } from './codes.ts';
import * as client from './index.ts';
import * as reportData from './report-data.ts';

test('each code stands in a test that produces it', () => {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const tests = globSync(`${folder}**/*.test.ts`).filter((file) => !file.endsWith('codes.test.ts'));
  const text = tests.map((file) => readFileSync(file, 'utf8')).join('');
  assert.deepEqual(
    Object.keys({ ...client.clientCodes, ...configurationCodes }).filter((code) => !text.includes(`'${code}'`)),
    [],
  );
});

test('the public API', () => {
  assert.deepEqual(Object.keys(client).sort(), [
    'ClientError',
    'ConfigurationError',
    'ServiceRefusedError',
    'clientCodes',
    'createAttestationClient',
    'createClientCredentials',
    'evidenceFromConfigfsTsm',
    'evidenceFromFile',
    'evidenceFromGramine',
    'evidenceOf',
    'fixedAccessToken',
    'reportDataFor',
    'writeSnpDocument',
  ]);
  assert.deepEqual(Object.keys(admin).sort(), [
    'ProviderAdministration',
    'ProvidersClient',
    'createAdministrationClient',
    'policyJws',
    'resetJws',
    'signerChangeJws',
  ]);
  assert.deepEqual(Object.keys(reportData).sort(), ['reportDataFor']);
});

test('report data pulls in neither connections nor the rest of the client', async () => {
  const { metafile, outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('report-data.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const imported = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  assert.deepEqual(imported, ['node:crypto']);
  const sizeBytes = outputFiles.reduce((sum, { contents }) => sum + contents.length, 0);
  assert.ok(sizeBytes < 20_000, String(sizeBytes));
});

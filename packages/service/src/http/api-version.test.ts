import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { attestationVersions, includesManagementVersion, managementVersions } from './api-version.ts';

test('the documentation lists every version, in order', () => {
  const page = readFileSync(new URL('../../../../docs/azure-compatibility.md', import.meta.url), 'utf8');
  const listed = page.match(/^\| `(\d{4}-\d{2}-\d{2}(?:-preview)?)` \|/gm) ?? [];
  assert.deepEqual(
    listed.map((row) => row.slice(3, -3)),
    [...attestationVersions, ...managementVersions].map(({ version }) => version),
  );
});

test('a preview comes before the version that it is a preview of', () => {
  assert.equal(includesManagementVersion('2021-06-01-preview', '2021-06-01'), false);
  assert.equal(includesManagementVersion('2021-06-01', '2021-06-01-preview'), true);
  assert.equal(includesManagementVersion('2020-10-01', '2020-10-01'), true);
});

/** Checks rules of docs/architecture.md that the linter cannot express. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const service = join(import.meta.dirname, '../packages/service/src');

test('only the HTTP side of the service refuses in the terms of HTTP; all other code throws the core’s Refused', () => {
  const importing = globSync('**/*.ts', { cwd: service }).filter((file) =>
    /from '[^']*\/refusal\.ts'/.test(readFileSync(join(service, file), 'utf8')),
  );
  const httpSide = /^(?:http|routes|admission)\//;
  assert.deepEqual(
    importing.filter((file) => !httpSide.test(file)),
    [],
  );
  assert.notEqual(importing.length, 0);
});

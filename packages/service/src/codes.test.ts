import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { configCodes, serviceCodes } from './index.ts';

const tests = globSync('**/*.test.ts', { cwd: import.meta.dirname })
  .filter((path) => !path.endsWith('codes.test.ts'))
  .map((path) => readFileSync(`${import.meta.dirname}/${path}`, 'utf8'))
  .join('\n');

test('produces every code in some test', () => {
  const codes = [...Object.keys(serviceCodes), ...Object.keys(configCodes)];
  assert.deepEqual(
    codes.filter((code) => !tests.includes(code)),
    [],
  );
});

test('gives every code a status that fits its wire code, and a meaning', () => {
  for (const [code, { status, wireCode, meaning }] of Object.entries(serviceCodes)) {
    assert.match(code, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.ok(
      status >= 400 && status < 600 && /^[A-Z][A-Za-z]+( [a-z]+)?$/.test(wireCode) && meaning.endsWith('.'),
      code,
    );
  }
});

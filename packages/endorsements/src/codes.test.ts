/** Every code is documented, has somebody whose fault it is, and is produced by a test. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { endorsementCodes, endorsementFault } from './index.ts';

test('each code has a meaning in a sentence, and a fault', () => {
  for (const [code, meaning] of Object.entries(endorsementCodes)) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/);
    assert.match(meaning, /^[A-Z].*\.$/);
    assert.notEqual(endorsementFault(code), undefined);
  }
  assert.equal(endorsementFault('quote-version'), undefined);
});

test('each code stands in a test that produces it', () => {
  const files = globSync('**/*.test.ts', { cwd: import.meta.dirname }).filter((file) => file !== 'codes.test.ts');
  const tests = files.map((file) => readFileSync(`${import.meta.dirname}/${file}`, 'utf8')).join('\n');
  for (const code of Object.keys(endorsementCodes)) assert.ok(tests.includes(`'${code}'`), code);
});

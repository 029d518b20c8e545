/** A misspelt option of a source would be its default in silence: it throws instead. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createBundleSource,
  createCachedSource,
  createKdsSource,
  createPcsSource,
  createSnpBundleSource,
  createSnpCachedSource,
  type IntelEndorsementSource,
  type SnpEndorsementSource,
} from './index.ts';

const intel: IntelEndorsementSource = { get: () => assert.fail('asked') };
const amd: SnpEndorsementSource = { get: () => assert.fail('asked') };
const milliseconds: object = { timeoutMilliseconds: 1 };

test('an unknown option of a source or a cache is misuse', () => {
  for (const create of [
    () => createPcsSource({ baseUrl: 'https://localhost', ...milliseconds }),
    () => createKdsSource(milliseconds),
    () => createBundleSource({ path: '.', ...milliseconds }),
    () => createSnpBundleSource({ path: '.', ...milliseconds }),
    () => createCachedSource(intel, milliseconds),
    () => createSnpCachedSource(amd, milliseconds),
  ]) {
    assert.throws(create, {
      name: 'ConfigurationError',
      code: 'option-unknown',
      option: 'options.timeoutMilliseconds',
    });
  }
});

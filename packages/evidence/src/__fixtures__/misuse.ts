/** How tests look at misuse of the API. */
import assert from 'node:assert/strict';
import { ConfigurationError } from '@atesto/core';

/** Code and option of the configuration error that work throws; fails the test when it throws none. */
export function misuseOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return `${error.code} ${error.option}`;
  }
  return assert.fail('it was taken');
}

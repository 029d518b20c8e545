import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as store from './index.ts';

test('the package exports these values', () => {
  assert.deepEqual(Object.keys(store).sort(), [
    'absentEtag',
    'auditCodes',
    'openAudit',
    'openStore',
    'storageCodes',
    'withSpool',
  ]);
});

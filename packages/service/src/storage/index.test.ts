import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as audit from '../audit/index.ts';
import * as storage from './index.ts';

test('the rooms of storage and audit offer these values', () => {
  assert.deepEqual(Object.keys(storage).sort(), [
    'absentEtag',
    'auditIdFloor',
    'held',
    'lastSequence',
    'openStore',
    'positionOf',
    'positionText',
    'sameCode',
    'storageCodes',
    'writerName',
  ]);
  assert.deepEqual(Object.keys(audit).sort(), ['auditCodes', 'openAudit', 'spooled']);
});

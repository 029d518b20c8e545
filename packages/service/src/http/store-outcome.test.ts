/** What callers hear of the store: in full what they asked for, and nothing of the database. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused } from '@atesto/core';
import { storageCodes } from '@atesto/store';
import { RequestRefused } from './refusal.ts';
import { errorBody } from './reply.ts';
import { refuseThrown, storedOr } from './store-outcome.ts';

function refusedBy(work: () => unknown): RequestRefused {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof RequestRefused);
    return error;
  }
  return assert.fail('nothing was refused');
}

test('a failure of the database is told by its code’s meaning; place and reason are for the log', () => {
  for (const [code, status] of [
    ['store-unavailable', 503],
    ['row-tampered', 500],
  ] as const) {
    const refusal = { code, where: 'documents p/policy/SgxEnclave/3', why: 'the database answered ECONNREFUSED' };
    for (const work of [() => refuseThrown(new Refused(refusal)), () => storedOr({ ok: false, refusal })]) {
      const refused = refusedBy(work);
      assert.equal(refused.status, status);
      assert.equal(JSON.parse(errorBody(refused)).error.message, `store: ${storageCodes[code]}`);
      assert.deepEqual(refused.detail, refusal);
    }
  }
});

test('what the caller asked of the store is answered in full', () => {
  const refusal = { code: 'version-conflict', where: 'policy/SgxEnclave', why: 'it is at version 2' } as const;
  const refused = refusedBy(() => storedOr({ ok: false, refusal }));
  assert.equal(JSON.parse(errorBody(refused)).error.message, 'policy/SgxEnclave: it is at version 2');
});

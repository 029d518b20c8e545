/** Refusals of the store in replies: what the caller asked for is answered in full, and nothing of the database is told. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused, unwrap } from '@atesto/core';
import { storageCodes } from '@atesto/store';
import type { RequestRefused } from './refusal.ts';
import { refusalOfError } from './refusal-of.ts';
import { errorBody } from './reply.ts';

function throwError(error: Error): never {
  throw error;
}

function refusedBy(work: () => unknown): RequestRefused {
  try {
    work();
  } catch (error) {
    return refusalOfError(error) ?? assert.fail(String(error));
  }
  return assert.fail('nothing was refused');
}

test('a failure of the database is told by its code’s meaning; place and reason are for the log', () => {
  for (const [code, status] of [
    ['store-unavailable', 503],
    ['row-tampered', 500],
  ] as const) {
    const refusal = { code, where: 'documents p/policy/SgxEnclave/3', why: 'the database answered ECONNREFUSED' };
    for (const work of [() => throwError(new Refused(refusal)), () => unwrap({ ok: false, refusal })]) {
      const refused = refusedBy(work);
      assert.equal(refused.status, status);
      assert.equal(JSON.parse(errorBody(refused)).error.message, `store: ${storageCodes[code]}`);
      assert.deepEqual(refused.detail, refusal);
    }
  }
});

test('what the caller asked of the store is answered in full', () => {
  const refusal = { code: 'version-conflict', where: 'policy/SgxEnclave', why: 'it is at version 2' } as const;
  const refused = refusedBy(() => unwrap({ ok: false, refusal }));
  assert.equal(JSON.parse(errorBody(refused)).error.message, 'policy/SgxEnclave: it is at version 2');
});

/** Refusals of the service's code in replies: callers learn their own faults in full, and nothing of databases, files and hosts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused, unwrap } from '@atesto/core';
import { storageCodes } from '@atesto/store';
import { PartFailed } from '../refuse.ts';
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

const place = { where: 'quote+436', why: 'the signature is wrong' };

test('refused evidence, and claims of a policy that no token can carry, are the caller’s fault and answered in full', () => {
  for (const [code, wireCode] of [
    ['quote-signature', 'InvalidParameter'],
    ['vlek-certificate-missing', 'InvalidParameter'],
    ['claim-reserved', 'PolicyEvaluationError'],
    ['claim-collision', 'PolicyEvaluationError'],
  ] as const) {
    const refused = refusedBy(() => throwError(new Refused({ code, ...place })));
    assert.deepEqual(
      [refused.status, JSON.parse(errorBody(refused)).error],
      [400, { code: wireCode, message: 'quote+436: the signature is wrong', innererror: { code } }],
    );
  }
});

test('other refusals of the token package and of endorsements are faults of the service, of which callers hear no more', () => {
  for (const code of ['secret-wrong', 'jti-invalid', 'endorsements-unreachable', 'no-such-code']) {
    assert.equal(refusalOfError(new Refused({ code, ...place })), undefined, code);
  }
});

test('a part that failed is named with the meaning of the code, and its status says whose fault it is', () => {
  const refusal = {
    code: 'bundle-no-match',
    where: '/var/lib/atesto/collateral',
    why: 'no file has FMSPC 00906ed50000',
  };
  for (const [fault, status, wireCode] of [
    ['request', 400, 'InvalidParameter'],
    ['temporary', 503, 'ServiceUnavailable'],
    ['defect', 500, 'InternalError'],
  ] as const) {
    const refused = refusedBy(() => throwError(new PartFailed(refusal, 'endorsements.intel.bundle', fault)));
    const message = 'endorsements.intel.bundle: No file is for the platform that the evidence names.';
    assert.deepEqual(
      [refused.status, JSON.parse(errorBody(refused)).error, refused.detail],
      [status, { code: wireCode, message, innererror: { code: 'bundle-no-match' } }, refusal],
    );
  }
});

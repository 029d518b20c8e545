import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refuse } from '@atesto/core';
import { asOutcome } from './database-errors.ts';

async function outcomeOf(error: unknown): Promise<unknown> {
  return asOutcome(() => Promise.reject(error));
}

describe('a failing database', () => {
  test('becomes a refusal that names the error by its code and never by its text', async () => {
    const secret = Object.assign(new Error('connect to postgres://user:secret@host'), { code: 'ECONNRESET' });
    const refusal = { code: 'store-unavailable', where: 'database', why: 'the database answered ECONNRESET' };
    assert.deepEqual(await outcomeOf(secret), { ok: false, refusal });
  });

  test('becomes a refusal for every failure that is not a bug: store-unavailable', async () => {
    const outages = [
      { code: '57P01' },
      { code: 'EAI_AGAIN' },
      { code: '08006' },
      { code: '53300' },
      { code: '57014' },
      { code: '25P03' },
      { code: '40001' },
      { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      { errcode: 5 },
      { errcode: 522 },
      { errcode: 13 },
    ];
    for (const members of outages) {
      const outcome = await asOutcome(() => Promise.reject(Object.assign(new Error('x'), members)));
      assert.ok(!outcome.ok && outcome.refusal.code === 'store-unavailable', JSON.stringify(members));
    }
  });

  test('is described when a disk is full or fails', async () => {
    const faults: [object, string][] = [
      [{ errcode: 13 }, 'the disk is full (SQLITE_FULL)'],
      [{ errcode: 778 }, 'reading or writing the database file failed (SQLITE_IOERR)'],
      [{ code: '53100' }, 'the disk of the database server is full (53100)'],
      [{ code: '58030' }, 'reading or writing on the database server failed (58030)'],
    ];
    for (const [members, why] of faults) {
      const outcome = await asOutcome(() => Promise.reject(Object.assign(new Error('x'), members)));
      assert.deepEqual(outcome, { ok: false, refusal: { code: 'store-unavailable', where: 'database', why } });
    }
  });

  test('passes refusals through unchanged', async () => {
    const outcome = await asOutcome(async () => refuse('not-found', 'a', 'b'));
    assert.deepEqual(outcome, { ok: false, refusal: { code: 'not-found', where: 'a', why: 'b' } });
  });

  test('leaves bugs as exceptions: a broken constraint, a syntax error, a type error', async () => {
    const bugs = [
      Object.assign(new Error('duplicate key'), { code: '23505' }),
      Object.assign(new Error('syntax error'), { code: '42601' }),
      Object.assign(new Error('UNIQUE constraint failed'), { errcode: 1555 }),
      new TypeError('x is not a function'),
    ];
    for (const bug of bugs) await assert.rejects(outcomeOf(bug), bug);
  });
});

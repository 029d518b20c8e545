import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Refused } from '@atesto/evidence';
import type { AuditRow } from '../storage/index.ts';
import { AuditIds, rowOf } from './entry.ts';
import { Journal } from './journal.ts';

const ids = new AuditIds('0123456789abcdef');

function row(requestId: string): AuditRow {
  return rowOf({ atMs: 1, operation: 'attest', requestId, verdict: 'allowed' }, ids);
}

/** A table whose writes end when the test says so. */
class GatedRows {
  readonly batches: string[][] = [];
  readonly #gates: PromiseWithResolvers<void>[] = [];
  readonly #begun: PromiseWithResolvers<void>[] = [];

  append(rows: readonly AuditRow[]): Promise<void> {
    const index = this.batches.push(rows.map(({ request_id }) => request_id)) - 1;
    this.#at(this.#begun, index).resolve();
    return this.#at(this.#gates, index).promise;
  }

  /** Resolves when write number `index` has begun. */
  begun(index: number): Promise<void> {
    return this.#at(this.#begun, index).promise;
  }

  end(index: number): void {
    this.#at(this.#gates, index).resolve();
  }

  fail(index: number, error: Error): void {
    const gate = this.#at(this.#gates, index);
    gate.promise.catch(() => {});
    gate.reject(error);
  }

  #at(list: PromiseWithResolvers<void>[], index: number): PromiseWithResolvers<void> {
    let entry = list[index];
    if (entry === undefined) {
      entry = Promise.withResolvers<void>();
      list[index] = entry;
    }
    return entry;
  }
}

const away = new Refused({ code: 'store-unavailable', where: 'database', why: 'it is away' });

function isUnavailable(error: unknown): boolean {
  return error instanceof Refused && error.refusal.code === 'audit-unavailable';
}

describe('the audit journal', () => {
  test('writes what arrives during a write together in the next, and resolves each entry after its own write', async () => {
    const rows = new GatedRows();
    const journal = new Journal(rows, { lingerMs: 0 });
    const done: string[] = [];
    const write = (name: string) => journal.write(row(name)).then(() => done.push(name));
    const first = write('a');
    await rows.begun(0);
    const others = [write('b'), write('c'), write('d')];
    assert.deepEqual([done, journal.pending], [[], 4]);
    rows.end(0);
    await first;
    await rows.begun(1);
    assert.deepEqual([done, rows.batches], [['a'], [['a'], ['b', 'c', 'd']]]);
    rows.end(1);
    await Promise.all(others);
    await journal.close();
    assert.deepEqual([done, journal.pending], [['a', 'b', 'c', 'd'], 0]);
  });

  test('splits what waits into writes of the largest size', async () => {
    const rows = new GatedRows();
    for (const index of [0, 1, 2]) rows.end(index);
    const journal = new Journal(rows, { lingerMs: 0, batchSize: 2 });
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => journal.write(row(name))));
    assert.deepEqual(rows.batches, [['a', 'b'], ['c', 'd'], ['e']]);
  });

  test('refuses an entry beyond its capacity: audit-unavailable, and takes the next after a write ended', async () => {
    const rows = new GatedRows();
    const journal = new Journal(rows, { lingerMs: 0, capacity: 2 });
    const accepted = [journal.write(row('a')), journal.write(row('b'))];
    await assert.rejects(journal.write(row('c')), isUnavailable);
    rows.end(0);
    rows.end(1);
    await Promise.all(accepted);
    await journal.close();
    assert.deepEqual(rows.batches, [['a', 'b']]);
  });

  test('writes the same rows again after a failed write, until one succeeds', async () => {
    const rows = new GatedRows();
    const journal = new Journal(rows, { lingerMs: 0 });
    rows.fail(0, away);
    rows.fail(1, away);
    rows.end(2);
    await journal.write(row('a'));
    assert.deepEqual(rows.batches, [['a'], ['a'], ['a']]);
  });

  test('refuses entries that could not be written in time: audit-unavailable', async () => {
    const journal = new Journal({ append: () => Promise.reject(away) }, { lingerMs: 0, patienceMs: 30 });
    const outcomes = await Promise.allSettled([journal.write(row('a')), journal.write(row('b'))]);
    assert.ok(outcomes.every((outcome) => outcome.status === 'rejected' && isUnavailable(outcome.reason)));
    await journal.close();
  });

  test('refuses entries behind a write that hangs, without starting another: audit-unavailable', async () => {
    const rows = new GatedRows();
    const journal = new Journal(rows, { lingerMs: 0, patienceMs: 30 });
    const hanging = journal.write(row('a'));
    await rows.begun(0);
    const behind = journal.write(row('b'));
    await assert.rejects(hanging, isUnavailable);
    await assert.rejects(behind, isUnavailable);
    assert.deepEqual([rows.batches, journal.pending], [[['a']], 2]);
    rows.end(0);
    await journal.close();
    assert.deepEqual([rows.batches, journal.pending], [[['a']], 0]);
  });

  test('refuses a write that fails for another reason than an outage at once: audit-unavailable', async () => {
    const rows = new GatedRows();
    const journal = new Journal(rows, { lingerMs: 0 });
    rows.fail(0, new TypeError('a bug'));
    await assert.rejects(journal.write(row('a')), isUnavailable);
    rows.end(1);
    await journal.write(row('b'));
  });

  test('writes what waits when it is closed, and refuses what comes after: audit-unavailable', async () => {
    const rows = new GatedRows();
    const journal = new Journal(rows);
    const waiting = journal.write(row('a'));
    const closed = journal.close();
    await assert.rejects(journal.write(row('b')), isUnavailable);
    rows.end(0);
    await Promise.all([waiting, closed]);
    assert.deepEqual(rows.batches, [['a']]);
  });
});

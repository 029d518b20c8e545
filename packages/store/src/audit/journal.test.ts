import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Refused } from '@atesto/core';
import type { AuditRow } from '../database/schema.ts';
import { contentOf } from './entry.ts';
import { Journal, type JournalLimits } from './journal.ts';
import { AuditSeal } from './rows/chain.ts';
import type { AuditRows } from './rows/rows.ts';
import { type PendingEntry, WriterChains } from './writer-chains.ts';

function row(requestId: string): PendingEntry {
  return { content: contentOf({ atMs: 1, operation: 'attest', requestId, verdict: 'allowed' }), retention: 'kept' };
}

function journalOver(rows: Pick<AuditRows, 'append'>, limits: JournalLimits = {}): Journal {
  return new Journal(rows, new WriterChains(new AuditSeal(new Uint8Array(32))), limits);
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

const full = new Refused({ code: 'store-unavailable', where: 'database', why: 'the disk is full' });
const away = new Refused({ code: 'store-unavailable', where: 'database', why: 'it is away' });

function isUnavailable(error: unknown): boolean {
  return error instanceof Refused && error.refusal.code === 'audit-unavailable';
}

describe('the audit journal', () => {
  test('writes entries that arrive during a write together in the next, and resolves each after its own write', async () => {
    const rows = new GatedRows();
    const journal = journalOver(rows, { batchDelayMs: 0 });
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

  test('splits waiting entries into writes of the batch size', async () => {
    const rows = new GatedRows();
    for (const index of [0, 1, 2]) rows.end(index);
    const journal = journalOver(rows, { batchDelayMs: 0, batchSize: 2 });
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => journal.write(row(name))));
    assert.deepEqual(rows.batches, [['a', 'b'], ['c', 'd'], ['e']]);
  });

  test('refuses an entry beyond its capacity: audit-unavailable, and accepts the next after a write', async () => {
    const rows = new GatedRows();
    const journal = journalOver(rows, { batchDelayMs: 0, capacity: 2 });
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
    const journal = journalOver(rows, { batchDelayMs: 0 });
    rows.fail(0, away);
    rows.fail(1, away);
    rows.end(2);
    await journal.write(row('a'));
    assert.deepEqual(rows.batches, [['a'], ['a'], ['a']]);
  });

  test('refuses entries that could not be written in time: audit-unavailable', async () => {
    const journal = journalOver({ append: () => Promise.reject(away) }, { batchDelayMs: 0, timeoutMs: 30 });
    const outcomes = await Promise.allSettled([journal.write(row('a')), journal.write(row('b'))]);
    assert.ok(outcomes.every((outcome) => outcome.status === 'rejected' && isUnavailable(outcome.reason)));
    await journal.close();
  });

  test('refuses entries at once while the store is down, reports why once, and accepts them when it is back', async () => {
    const rows = new GatedRows();
    const states: (string | undefined)[] = [];
    const back = Promise.withResolvers<void>();
    const onState = (failure: string | undefined): void => {
      states.push(failure);
      if (failure === undefined) back.resolve();
    };
    const journal = journalOver(rows, { timeoutMs: 30, onState });
    const late = journal.write(row('a'));
    rows.fail(0, full);
    await assert.rejects(late, isUnavailable);
    const calls = rows.batches.length;
    for (const name of ['b', 'c'])
      await assert.rejects(journal.write(row(name)), /audit-unavailable at audit: the disk is full/);
    assert.deepEqual([states, rows.batches.slice(calls).flat().includes('b')], [['the disk is full'], false]);
    for (let index = 1; index <= 40; index += 1) rows.end(index);
    await back.promise;
    await journal.write(row('d'));
    assert.deepEqual(states, ['the disk is full', undefined]);
    assert.deepEqual(rows.batches.at(-1), ['d']);
    await journal.close();
  });

  test('retries a batch that was refused until it is stored, so that the chain has no gap', async () => {
    const seal = new AuditSeal(new Uint8Array(32));
    const stored: AuditRow[] = [];
    let isAway = true;
    const rows = {
      append: async (some: readonly AuditRow[]) => {
        if (isAway) throw away;
        stored.push(...some);
      },
    };
    const back = Promise.withResolvers<void>();
    const onState = (failure: string | undefined): void => {
      if (failure === undefined) back.resolve();
    };
    const journal = new Journal(rows, new WriterChains(seal, () => 'f123456789abcdef'), { timeoutMs: 20, onState });
    await assert.rejects(journal.write(row('a')), isUnavailable);
    isAway = false;
    await back.promise;
    await journal.write(row('b'));
    await journal.close();
    const positions = stored.map(({ id, request_id }) => [id.slice(12), request_id]);
    assert.deepEqual(positions, [
      ['0123456789abcdef00000001', 'a'],
      ['0123456789abcdef00000002', 'b'],
    ]);
  });

  test('refuses entries behind a write that hangs, without starting another: audit-unavailable', async () => {
    const rows = new GatedRows();
    const journal = journalOver(rows, { batchDelayMs: 0, timeoutMs: 30 });
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

  test('refuses at once when a write fails for another reason than an outage: audit-unavailable', async () => {
    const rows = new GatedRows();
    const journal = journalOver(rows, { batchDelayMs: 0 });
    rows.fail(0, new TypeError('a bug'));
    await assert.rejects(journal.write(row('a')), isUnavailable);
    rows.end(1);
    await journal.write(row('b'));
  });

  test('writes waiting entries when it is closed, and refuses later ones: audit-unavailable', async () => {
    const rows = new GatedRows();
    const journal = journalOver(rows);
    const waiting = journal.write(row('a'));
    const closed = journal.close();
    await assert.rejects(journal.write(row('b')), isUnavailable);
    rows.end(0);
    await Promise.all([waiting, closed]);
    assert.deepEqual(rows.batches, [['a']]);
  });
});

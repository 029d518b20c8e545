/** The runner finds what is planted, keeps to its bound, and makes the same choices for the same seed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fuzz } from './fuzz.ts';
import { mutate } from './mutate.ts';
import { mutateDer } from './mutate-der.ts';
import { randomOf } from './random.ts';
import type { FuzzTarget } from './target.ts';

const seed = Buffer.from('{"name":"value","bytes":"AAECAwQFBgcICQ==","list":[1,2,3]}');
const most = 3000;
const run = (target: FuzzTarget, more: Partial<Parameters<typeof fuzz>[1]> = {}) =>
  fuzz(target, { random: randomOf(1), isOver: (executions) => executions >= most, ...more });

describe('a run', () => {
  test('of a faultless target finds nothing, and counts what it saw', async () => {
    const report = await run({
      seeds: [seed],
      run: (input) =>
        seed.equals(input) ? { code: 'accepted', proven: [input] } : { code: 'refused', where: 'input+7' },
    });
    const counted = [...report.codes.values()].reduce((sum, count) => sum + count, 0);
    assert.deepEqual([report.executions, counted, report.places, report.faults], [most, most, 2, []]);
  });

  test('finds an exception, once for each place that throws', async () => {
    const { faults } = await run({
      seeds: [seed],
      run: (input) => {
        if (input.length < 10) throw new RangeError('too short');
        return { code: 'accepted' };
      },
    });
    assert.deepEqual(
      faults.map(({ kind, input }) => [kind, input.length < 10]),
      [['exception', true]],
    );
    assert.match(faults[0]?.detail ?? '', /too short/);
  });

  test('finds an input that is accepted although other bytes were signed', async () => {
    const { faults } = await run({ seeds: [seed], run: (input) => ({ code: 'accepted', proven: [input] }) });
    assert.deepEqual(
      faults.map(({ kind, input }) => [kind, seed.equals(input)]),
      [['false-accept', false]],
    );
  });

  test('finds an input that takes too long', async () => {
    let now = 0;
    const target: FuzzTarget = {
      seeds: [seed],
      mostMilliseconds: 100,
      run: (input) => {
        now += input.length > seed.length ? 101 : 100;
        return { code: 'refused' };
      },
    };
    const { faults, slowestMilliseconds } = await run(target, { clock: () => now });
    assert.deepEqual([faults.map(({ kind }) => kind), slowestMilliseconds], [['too-slow'], 101]);
  });

  test('finds a target that writes to its input', async () => {
    const { faults } = await run({
      seeds: [Buffer.from(seed)],
      run: (input) => ({ code: String(input.fill(0).length) }),
    });
    assert.deepEqual(
      faults.map(({ kind }) => kind),
      ['exception'],
    );
  });

  test('runs kept crashers before all else but the seeds', async () => {
    const seen: string[] = [];
    const crasher = Buffer.from('once it threw');
    const target: FuzzTarget = {
      seeds: [seed],
      run: (input) => ({ code: String(seen.push(Buffer.from(input).toString())) }),
    };
    await run(target, { crashers: [crasher], isOver: () => true });
    assert.deepEqual(seen, [seed.toString(), crasher.toString()]);
  });

  test('ends after a few faults', async () => {
    let count = 0;
    const { executions } = await run({
      seeds: [seed],
      run: () => {
        count += 1;
        throw new Error(`fault ${count}`);
      },
    });
    assert.equal(executions, 8);
  });
});

describe('mutations', () => {
  const mutated = (start: number): string[] => {
    const random = randomOf(start);
    return Array.from({ length: 2000 }, () =>
      Buffer.from(mutate(seed, { random, dictionary: [Buffer.from('word')], others: [seed] })).toString('latin1'),
    );
  };

  test('are the same for the same seed, and others for another', () => {
    assert.deepEqual(mutated(7), mutated(7));
    assert.notDeepEqual(mutated(7), mutated(8));
  });

  test('keep DER well-formed around what they change', () => {
    const der = Buffer.from('300b0201053006040211220500', 'hex');
    const random = randomOf(3);
    const changed = Array.from({ length: 200 }, () => mutateDer(der, { random, dictionary: [], others: [der] }));
    const isWhole = (bytes: Uint8Array | undefined): boolean =>
      bytes?.length === 0 || bytes?.[1] === (bytes?.length ?? 0) - 2;
    const whole = changed.filter(isWhole);
    assert.ok(whole.length > 150);
    assert.ok(new Set(whole.map((bytes) => Buffer.from(bytes ?? []).toString('hex'))).size > 50);
    assert.equal(mutateDer(Buffer.from('no DER'), { random, dictionary: [], others: [] }), undefined);
  });

  test('reach into JSON: values are replaced, and bytes within base64 changed, while the text stays JSON', () => {
    const parsed = mutated(7).flatMap((text): unknown[] => {
      try {
        return [JSON.parse(text)];
      } catch {
        return [];
      }
    });
    const members = parsed.map((value) => Object(value));
    assert.ok(members.some(({ name }) => name !== undefined && typeof name !== 'string'));
    assert.ok(
      members.some(({ bytes, name }) => name === 'value' && typeof bytes === 'string' && !bytes.startsWith('AAECAwQF')),
    );
  });
});

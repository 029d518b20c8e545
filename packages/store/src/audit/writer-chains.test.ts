import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentOf } from './entry.ts';
import { type AuditRetention, AuditSeal } from './rows/chain.ts';
import { WriterChains } from './writer-chains.ts';

const seal = new AuditSeal(new Uint8Array(32).fill(7));
const entry = (atMs: number, retention: AuditRetention = 'kept') => ({
  content: contentOf({ atMs, operation: 'attest', requestId: 'r', verdict: 'allowed' }),
  retention,
});

test('the id of an entry consists of its time, its writer and its number in the chain; each retention has a chain', () => {
  const chains = new WriterChains(seal, () => 'f0123456789abcde');
  const rows = chains.sealed([entry(0), entry(1_790_000_000_000), entry(5, 'brief'), entry(1)]);
  assert.deepEqual(
    rows.map(({ id }) => id),
    [
      '000000000000' + '00123456789abcde' + '00000001',
      '01a0c4506c00' + '00123456789abcde' + '00000002',
      '000000000005' + '10123456789abcde' + '00000001',
      '000000000001' + '00123456789abcde' + '00000003',
    ],
  );
});

test('each entry is linked to the one before it, the first to the name of its writer', () => {
  const [first, second] = new WriterChains(seal, () => 'f0123456789abcde').sealed([entry(0), entry(1)]);
  assert.ok(first && second);
  const { link, ...content } = first;
  const { link: nextLink, ...nextContent } = second;
  assert.equal(link, seal.link(seal.origin('00123456789abcde'), content));
  assert.equal(nextLink, seal.link(link, nextContent));
  assert.notEqual(seal.origin('00123456789abcde'), seal.origin('00123456789abcdf'));
});

test('rows that are sealed after new chains were started have another writer', () => {
  const names = ['f000000000000001', 'f000000000000002'];
  const chains = new WriterChains(seal, () => names.shift() ?? assert.fail());
  chains.sealed([entry(0)]);
  chains.begin();
  const [row] = chains.sealed([entry(0)]);
  assert.equal(row?.id.slice(12), '000000000000000200000001');
});

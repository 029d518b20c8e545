import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, settle } from '../index.ts';

const refusalOf = (work: () => unknown) => {
  const outcome = settle(work);
  return outcome.ok ? undefined : outcome.refusal;
};
const codeOf = (work: () => unknown) => refusalOf(work)?.code ?? 'accepted';

describe('ByteReader', () => {
  test('reads integers in both orders', () => {
    const reader = new ByteReader(
      Uint8Array.from({ length: 29 }, (_, index) => index + 1),
      'x',
    );
    assert.deepEqual(
      [
        reader.u8('a'),
        reader.u16('b'),
        reader.u32('c'),
        reader.u64('d'),
        reader.u16BE('e'),
        reader.u32BE('f'),
        reader.u64BE('g'),
      ],
      [0x01, 0x0302, 0x07060504, 0x0f0e0d0c0b0a0908n, 0x1011, 0x12131415, 0x161718191a1b1c1dn],
    );
    reader.end('x');
  });

  test('refuses a read past the end with evidence-truncated and the offset', () => {
    const reader = new ByteReader(new Uint8Array(5), 'quote');
    reader.u32('version');
    assert.deepEqual(
      refusalOf(() => reader.u16('size')),
      { code: 'evidence-truncated', where: 'quote+4', why: 'size needs 2 bytes, 1 are left' },
    );
  });

  test('reports offsets within the whole from a section', () => {
    const section = new ByteReader(new Uint8Array(8), 'quote', 100);
    section.u32('skipped');
    assert.equal(refusalOf(() => section.section(3, 'inner').u32('field'))?.where, 'quote+104');
  });

  test('refuses bytes that are left over with evidence-trailing-bytes', () => {
    assert.equal(
      codeOf(() => new ByteReader(new Uint8Array(1), 'x').end('structure')),
      'evidence-trailing-bytes',
    );
  });

  test('refuses negative, fractional and huge sizes', () => {
    for (const size of [-1, 0.5, Number.NaN, 2 ** 60]) {
      assert.equal(
        codeOf(() => new ByteReader(new Uint8Array(4), 'x').bytes(size, 'field')),
        'evidence-truncated',
      );
    }
  });

  test('never reads outside its bytes, wherever they are in memory', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(16), fc.nat(80), (bytes, before, size) => {
        const whole = new Uint8Array(bytes.length + before + 16).fill(0xee);
        whole.set(bytes, before);
        const reader = new ByteReader(whole.subarray(before, before + bytes.length), 'x');
        if (size > bytes.length)
          assert.equal(
            codeOf(() => reader.bytes(size, 'field')),
            'evidence-truncated',
          );
        else assert.deepEqual([...reader.bytes(size, 'field')], [...bytes.subarray(0, size)]);
      }),
    );
  });
});

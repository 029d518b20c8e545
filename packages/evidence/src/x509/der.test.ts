import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { codeOf } from '../__fixtures__/refusals.ts';
import { DerReader, tags } from './der.ts';

const reader = (hex: string): DerReader => new DerReader(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 'test');
const oid = (hex: string): string => reader(`06 ${(hex.length / 2).toString(16).padStart(2, '0')} ${hex}`).oid();
const time = (tag: string, text: string): number =>
  reader(`${tag} ${text.length.toString(16).padStart(2, '0')} ${Buffer.from(text).toString('hex')}`).time();

describe('DerReader', () => {
  test('refuses every departure from DER with der-malformed', () => {
    const cases: readonly (readonly [string, () => unknown])[] = [
      ['no element', () => reader('').next()],
      ['no length', () => reader('30').next()],
      ['indefinite length', () => reader('30 80 00 00').next()],
      ['length of four octets', () => reader('30 84 00 00 00 00').next()],
      ['length cut off', () => reader('30 82 01').next()],
      ['long form for a short length', () => reader('04 81 01 00').next()],
      ['leading zero in a length', () => reader(`04 82 00 80 ${'00'.repeat(128)}`).next()],
      ['contents cut off', () => reader('04 02 00').next()],
      ['identifier of several octets', () => reader('1f 22 00').next()],
      ['another identifier', () => reader('04 00').expect(tags.integer)],
      ['bytes left over', () => reader('05 00').end()],
      ['empty integer', () => reader('02 00').integerBytes()],
      ['integer with a needless zero', () => reader('02 02 00 7f').integerBytes()],
      ['integer with a needless ff', () => reader('02 02 ff 80').integerBytes()],
      ['negative small integer', () => reader('02 01 80').smallInteger()],
      ['small integer of five octets', () => reader('02 05 01 00 00 00 00').smallInteger()],
      ['empty enumerated', () => reader('0a 00').enumerated()],
      ['Boolean 01', () => reader('01 01 01').boolean()],
      ['Boolean of two octets', () => reader('01 02 ff ff').boolean()],
      ['bit string with unused bits', () => reader('03 02 01 80').bitStringBytes()],
      ['empty bit string', () => reader('03 00').bitStringBytes()],
      ['empty object identifier', () => oid('')],
      ['object identifier with a needless zero', () => oid('2a8001')],
      ['object identifier cut off', () => oid('2a86')],
      ['object identifier beyond 2^53', () => oid('2affffffffffffffff7f')],
    ];
    for (const [name, work] of cases) assert.equal(codeOf(work), 'der-malformed', name);
  });

  test('refuses times that are not in the form of RFC 5280, section 4.1.2.5', () => {
    for (const [tag, text] of [
      ['17', '2501010000Z'],
      ['17', '250101000000+0100'],
      ['17', '250230000000Z'],
      ['17', '250101240000Z'],
      ['18', '20250101000000.5Z'],
      ['18', '20251301000000Z'],
      ['16', '250101000000Z'],
    ] as const) {
      assert.equal(
        codeOf(() => time(tag, text)),
        'der-malformed',
        text,
      );
    }
  });

  test('reads times of both kinds; years of two digits turn at 50', () => {
    assert.equal(time('17', '491231235959Z'), Date.UTC(2049, 11, 31, 23, 59, 59));
    assert.equal(time('17', '500101000000Z'), Date.UTC(1950, 0, 1));
    assert.equal(time('18', '20500101000000Z'), Date.UTC(2050, 0, 1));
  });

  test('reads object identifiers, Booleans, integers', () => {
    assert.equal(oid('2a864886f84d010d01'), '1.2.840.113741.1.13.1');
    assert.equal(oid('883703'), '2.999.3');
    assert.equal(oid('551d13'), '2.5.29.19');
    assert.equal(reader('01 01 ff').boolean(), true);
    assert.equal(reader('02 04 7f ff ff ff').smallInteger(), 0x7fffffff);
    assert.equal(reader('0a 01 02').enumerated(), 2);
  });

  test('whatever the bytes, reading ends with values within them or a refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const walk = (level: DerReader, depth: number): void => {
          while (!level.done) {
            const { tag, contents, whole } = level.next();
            assert.ok(contents.length < whole.length && whole.length <= bytes.length);
            if ((tag & 0x20) !== 0 && depth < 8) walk(new DerReader(contents, 'test'), depth + 1);
          }
        };
        codeOf(() => walk(new DerReader(bytes, 'test'), 0));
        for (const read of ['oid', 'time', 'boolean', 'smallInteger', 'bitStringBytes', 'enumerated'] as const) {
          codeOf(() => new DerReader(bytes, 'test')[read]());
        }
      }),
    );
  });
});

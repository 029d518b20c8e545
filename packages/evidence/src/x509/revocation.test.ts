/** Lists that speak for other authorities, for a part, or about changes only are refused: absence from them proves nothing. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import { codeOf } from '../__fixtures__/refusals.ts';
import { parseRevocationList } from './revocation.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function tagged(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const long =
    body.length < 0x100 ? Buffer.of(0x81, body.length) : Buffer.of(0x82, body.length >> 8, body.length & 0xff);
  const length = body.length < 0x80 ? Buffer.of(body.length) : long;
  return Buffer.concat([Buffer.of(tag), length, body]);
}
const sequence = (...contents: readonly Uint8Array[]): Buffer => tagged(0x30, ...contents);
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const utcTime = (text: string): Buffer => tagged(0x17, Buffer.from(text));
const extension = (oid: string, critical: boolean, value: Uint8Array): Buffer =>
  sequence(tagged(0x06, hex(oid)), ...(critical ? [hex('0101ff')] : []), tagged(0x04, value));

const algorithm = sequence(hex('06 08 2a8648ce3d040302'));
const name = sequence(tagged(0x31, sequence(hex('06 03 550403'), tagged(0x0c, Buffer.from('CA')))));
const crlNumber = '551d14';
const deltaIndicator = '551d1b';
const issuingDistributionPoint = '551d1c';
const certificateIssuer = '551d1d';
const reasonCode = '551d15';
const serial = (number: number, ...extensions: readonly Uint8Array[]): Buffer =>
  sequence(
    hex('0201'.concat(number.toString(16).padStart(2, '0'))),
    utcTime('250101000000Z'),
    ...(extensions.length > 0 ? [sequence(...extensions)] : []),
  );

interface ListParts {
  readonly version?: Uint8Array;
  readonly entries?: readonly Uint8Array[];
  readonly extensions?: readonly Uint8Array[] | undefined;
  readonly innerAlgorithm?: Uint8Array;
}

function makeList({
  version = hex('020101'),
  entries = [],
  extensions,
  innerAlgorithm = algorithm,
}: ListParts): Buffer {
  const tbs = sequence(
    version,
    innerAlgorithm,
    name,
    utcTime('250101000000Z'),
    utcTime('250201000000Z'),
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    ...(extensions === undefined ? [] : [tagged(0xa0, sequence(...extensions))]),
  );
  return sequence(tbs, algorithm, tagged(0x03, Buffer.of(0), sign('sha256', tbs, privateKey)));
}
const code = (parts: ListParts): string => codeOf(() => parseRevocationList(makeList(parts), 'list'));

describe('a revocation list', () => {
  test('with a number and reasons is read whole', () => {
    const list = parseRevocationList(
      makeList({
        entries: [serial(1), serial(0x7f, extension(reasonCode, false, hex('0a0101')))],
        extensions: [extension(crlNumber, false, hex('020101'))],
      }),
      'list',
    );
    assert.deepEqual([...list.revoked], ['01', '7f']);
    assert.deepEqual([list.thisUpdate, list.nextUpdate], [Date.UTC(2025, 0, 1), Date.UTC(2025, 1, 1)]);
  });

  test('without extensions and entries is read too', () => {
    assert.equal(code({}), 'accepted');
  });

  for (const [title, parts] of [
    ['delta', { extensions: [extension(deltaIndicator, true, hex('020101'))] }],
    ['indirect or partial', { extensions: [extension(issuingDistributionPoint, true, hex('3003840101'))] }],
    ['unknown critical extension', { extensions: [extension('2a0304', true, hex('0500'))] }],
    ['entry of another issuer', { entries: [serial(1, extension(certificateIssuer, true, hex('3000')))] }],
  ] as const) {
    test(`${title}: refused with certificate-extension-unknown`, () => {
      assert.equal(code(parts), 'certificate-extension-unknown');
    });
  }

  test('of version 1 or with two signature algorithms is refused with crl-malformed', () => {
    assert.equal(code({ version: hex('') }), 'crl-malformed');
    assert.equal(code({ version: hex('020100') }), 'crl-malformed');
    assert.equal(code({ innerAlgorithm: sequence(hex('06 08 2a8648ce3d040303')) }), 'crl-malformed');
  });

  test('larger than 4 MiB is refused with crl-malformed', () => {
    assert.equal(
      codeOf(() => parseRevocationList(new Uint8Array(4 * 1024 * 1024 + 1), 'list')),
      'crl-malformed',
    );
  });

  test('with an extension twice is refused with certificate-malformed', () => {
    const twice = extension(crlNumber, false, hex('020101'));
    assert.equal(code({ extensions: [twice, twice] }), 'certificate-malformed');
  });
});

/** Chains of signers, each with exactly one thing wrong. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, test } from 'node:test';
import {
  authority,
  encodedMessage,
  extension,
  type HandmadeParts,
  handmade,
  hex,
  keysOn,
  keyUsage,
  rsaSpki,
} from './__fixtures__/handmade.ts';
import { checkSignerChain, parseSignerChain } from './signer-chain.ts';

const [root, middle, leaf] = [keysOn('P-256'), keysOn('P-384'), keysOn('P-256')];
const at = new Date('2026-06-01T00:00:00Z');

interface ChainParts {
  readonly root?: HandmadeParts;
  readonly middle?: HandmadeParts;
  readonly leaf?: HandmadeParts;
  readonly leafSigner?: KeyObject;
}

const chainOf = (parts: ChainParts): Buffer[] => [
  handmade('leaf', leaf, parts.leafSigner ?? middle.privateKey, { issuer: 'middle', extensions: [], ...parts.leaf }),
  handmade('middle', middle, root.privateKey, { issuer: 'root', ...parts.middle }),
  handmade('root', root, root.privateKey, parts.root),
];

function codeOf(ders: readonly Uint8Array[], time = at): string {
  const parsed = parseSignerChain(ders);
  if (!parsed.ok) return parsed.refusal.code;
  const checked = checkSignerChain(parsed.value, time);
  return checked.ok ? 'accepted' : checked.refusal.code;
}

describe('a chain of a signer', () => {
  test('is accepted whole, without its root, and as one self-issued authority', () => {
    assert.equal(codeOf(chainOf({})), 'accepted');
    assert.equal(codeOf(chainOf({}).slice(0, 2)), 'accepted');
    assert.equal(codeOf(chainOf({}).slice(2)), 'accepted');
    assert.equal(codeOf(chainOf({ middle: { extensions: [authority(0), keyUsage(0x04)] } })), 'accepted');
    assert.equal(codeOf(chainOf({ leaf: { extensions: [keyUsage(0x80)] } })), 'accepted');
  });

  const unknown = extension('2a0304', true, hex('0500'));
  for (const [title, ders, code] of [
    ['nothing in it', [], 'chain-length'],
    ['an authority below a path length of 0', chainOf({ root: { extensions: [authority(0)] } }), 'chain-path-length'],
    [
      'an unknown critical extension in the leaf',
      chainOf({ leaf: { extensions: [unknown] } }),
      'certificate-extension-unknown',
    ],
    [
      'an unknown critical extension above',
      chainOf({ root: { extensions: [authority(), unknown] } }),
      'certificate-extension-unknown',
    ],
    [
      'a name constraint above that is not critical',
      chainOf({ root: { extensions: [authority(), extension('551d1e', false, hex('3000'))] } }),
      'certificate-extension-unknown',
    ],
    ['an issuer that is no authority', chainOf({ middle: { extensions: [] } }), 'chain-not-a-ca'],
    [
      'an issuer that may not sign certificates',
      chainOf({ middle: { extensions: [authority(), keyUsage(0x80)] } }),
      'chain-key-usage',
    ],
    ['a leaf that may not sign', chainOf({ leaf: { extensions: [keyUsage(0x20)] } }), 'chain-key-usage'],
    ['a leaf alone', chainOf({}).slice(0, 1), 'chain-not-a-ca'],
    ['another name than the issuer', chainOf({ leaf: { issuer: 'root' } }), 'chain-name'],
    ['a leaf by another key', chainOf({ leafSigner: root.privateKey }), 'chain-signature'],
    ['a self-issued authority by another key', [handmade('root', root, middle.privateKey)], 'chain-signature'],
    [
      'a key on a curve that is not accepted',
      [handmade('root', keysOn('secp256k1'), root.privateKey)],
      'certificate-key',
    ],
  ] as const) {
    test(`with ${title} is refused with ${code}`, () => assert.equal(codeOf(ders), code));
  }

  test('is refused before and after the dates of any certificate', () => {
    assert.equal(codeOf(chainOf({}), new Date('2024-12-31T23:59:59Z')), 'chain-not-yet-valid');
    assert.equal(codeOf(chainOf({}), new Date('2029-01-01T00:00:01Z')), 'chain-expired');
  });

  test('that anybody could have made, with RSA exponent 1, is refused with certificate-key', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const genuine = handmade('root', rsa, rsa.privateKey, { spki: rsaSpki(rsa, hex('01')) });
    // SEQUENCE (4) { tbs, algorithm (15), BIT STRING (5) { signature } }
    const tbs = genuine.subarray(4, genuine.length - 15 - 5 - 256);
    const forged = Buffer.concat([genuine.subarray(0, -256), encodedMessage(tbs, 256)]);
    assert.equal(codeOf([forged]), 'certificate-key');
  });
});

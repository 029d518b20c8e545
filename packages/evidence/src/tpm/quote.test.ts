/** Quotes and certifications of a simulated TPM, each with exactly one thing wrong. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import {
  createSimulatedVtpm,
  pcrMask,
  type SignedAttest,
  type TpmQuoteOptions,
  tpmAlgorithms,
  tpmAttributes,
} from '@atesto/testing/tpm';
import { generateEcKeys } from '@atesto/testing/x509';
import fc from 'fast-check';
import { vtpm } from '../__fixtures__/azure-guest.ts';
import { codeOf } from '../__fixtures__/refusals.ts';
import { appraiseVtpm, type VtpmEvidence } from '../azure/vtpm.ts';
import { checkCertifiedName, parseTpmCertification } from './certify.ts';
import { isBoundToPcrs } from './pcr-policy.ts';
import { checkAttestationKeyAttributes, checkEncryptionKeyAttributes, parseTpmPublicArea } from './public-area.ts';
import { parseTpmQuote } from './quote.ts';
import { checkTpmSignature } from './signature.ts';

const { publicKey } = vtpm.attestationKey;
const { sha1, sha256, sha384 } = tpmAlgorithms;
const firmware = pcrMask([0, 1, 2, 3, 4, 5, 6, 7]);

function evidenceOf({ attest, signature }: SignedAttest, more: Partial<VtpmEvidence> = {}): VtpmEvidence {
  return { quote: attest, signature, pcrs: vtpm.pcrs(), ...more };
}

const codeOfQuote = (options: TpmQuoteOptions = {}, more: Partial<VtpmEvidence> = {}): string =>
  codeOf(() => appraiseVtpm(evidenceOf(vtpm.quote(options), more), publicKey, { nonce: 'any' }));

describe('a quote', () => {
  test('that is faultless is accepted, with exactly the PCRs that it covers', () => {
    const nonce = Buffer.from('nonce');
    const quote = vtpm.quote({ pcrs: [0, 7, 16], header: { extraData: nonce } });
    const evidence = evidenceOf(quote, { pcrs: vtpm.pcrs([0, 1, 7, 16]) });
    const { pcrs, quote: said, measuredBoot } = appraiseVtpm(evidence, publicKey, { nonce });
    assert.deepEqual(pcrs, vtpm.pcrs([0, 7, 16]));
    assert.equal(measuredBoot, undefined);
    const { selections, pcrDigest, qualifiedSigner, ...header } = said;
    assert.deepEqual(header, {
      extraData: nonce,
      clock: 4711n,
      resetCount: 3,
      restartCount: 1,
      safe: true,
      firmwareVersion: 0x2020031200120003n,
    });
    assert.deepEqual([selections[0]?.pcrs, pcrDigest.length, qualifiedSigner.length], [[0, 7, 16], 32, 34]);
  });

  test('in the structure of its signature is accepted: RSASSA and ECDSA, SHA-256 and SHA-384', async () => {
    for (const hash of ['sha256', 'sha384'] as const) {
      assert.equal(codeOfQuote({ signature: { form: 'structure', hash } }), 'accepted', hash);
    }
    for (const [curve, hash] of [
      ['P-256', 'sha256'],
      ['P-384', 'sha384'],
    ] as const) {
      const { encryptionKey } = vtpm;
      const elliptic = await createSimulatedVtpm({ attestationKey: generateEcKeys(curve), encryptionKey });
      const quote = evidenceOf(elliptic.quote({ signature: { hash } }));
      const judge = (key = elliptic.attestationKey.publicKey): string =>
        codeOf(() => appraiseVtpm(quote, key, { nonce: 'any' }));
      assert.deepEqual([judge(), judge(generateEcKeys(curve).publicKey)], ['accepted', 'tpm-signature'], curve);
    }
  });

  const refusals: readonly [what: string, code: string, options: TpmQuoteOptions, more?: Partial<VtpmEvidence>][] = [
    ['with another magic', 'tpm-attest-magic', { header: { magic: 0xff544346 } }],
    ['that is a certification', 'tpm-attest-type', { header: { type: 0x8017 } }],
    ['whose clock is neither safe nor not', 'tpm-attest-malformed', { header: { safe: 2 } }],
    ['of a SHA-1 bank', 'tpm-hash-algorithm', { selections: [{ algorithm: sha1, mask: firmware }] }],
    ['of no PCR', 'tpm-pcr-selection', { selections: [{ algorithm: sha256, mask: '000000' }] }],
    ['of PCR 24', 'tpm-pcr-selection', { selections: [{ algorithm: sha256, mask: '00000001' }] }],
    ['of no bank', 'tpm-pcr-selection', { selections: [] }],
    [
      'of one bank twice',
      'tpm-pcr-selection',
      {
        selections: [
          { algorithm: sha256, mask: firmware },
          { algorithm: sha256, mask: '010000' },
        ],
      },
    ],
    [
      'of two banks',
      'tpm-pcr-selection',
      {
        selections: [
          { algorithm: sha256, mask: firmware },
          { algorithm: sha384, mask: firmware },
        ],
      },
    ],
    ['of more banks than there are', 'tpm-pcr-selection', { mutateSigned: (bytes) => bytes.fill(0xff, 69, 73) }],
    ['of a PCR whose value was not sent', 'tpm-pcr-value', { pcrs: [0, 8] }],
    ['with a value of another length', 'tpm-pcr-value', {}, { pcrs: new Map([...vtpm.pcrs(), [3, Buffer.alloc(48)]]) }],
    ['over other values', 'tpm-pcr-digest', { pcrDigest: Buffer.alloc(32) }],
    [
      'with a value that was not quoted',
      'tpm-pcr-digest',
      {},
      { pcrs: new Map([...vtpm.pcrs(), [3, Buffer.alloc(32)]]) },
    ],
    ['that another key signed', 'tpm-signature', { signWith: vtpm.encryptionKey }],
    ['with a signature of another scheme', 'tpm-signature-scheme', { signature: { form: 'structure', scheme: 0x16 } }],
    ['signed with SHA-1', 'tpm-hash-algorithm', { signature: { form: 'structure', hashId: sha1 } }],
    [
      'whose signature is of another hash than it says',
      'tpm-signature',
      { signature: { form: 'structure', hashId: sha384 } },
    ],
    [
      'that goes on after its end',
      'evidence-trailing-bytes',
      { mutateSigned: (bytes) => Buffer.concat([bytes, Buffer.of(0)]) },
    ],
  ];
  for (const [what, code, options, more] of refusals) {
    test(`${what} is refused with ${code}`, () => assert.equal(codeOfQuote(options, more), code));
  }

  test('that answers another nonce is refused with tpm-nonce', () => {
    const evidence = evidenceOf(vtpm.quote({ header: { extraData: '0102' } }));
    const judge = (nonce: Buffer): string => codeOf(() => appraiseVtpm(evidence, publicKey, { nonce }));
    assert.deepEqual(
      ['0102', '0103', '01', ''].map((nonce) => judge(Buffer.from(nonce, 'hex'))),
      ['accepted', 'tpm-nonce', 'tpm-nonce', 'tpm-nonce'],
    );
  });

  test('under a key that is too small, on another curve or of another kind is refused with tpm-key', () => {
    const { attest, signature } = vtpm.quote();
    const keys = [
      generateKeyPairSync('rsa', { modulusLength: 1024 }),
      generateKeyPairSync('ec', { namedCurve: 'P-521' }),
      generateKeyPairSync('ed25519'),
    ];
    for (const key of keys.map((pair) => pair.publicKey)) {
      assert.equal(
        codeOf(() => checkTpmSignature(attest, signature, key, 'tpm quote')),
        'tpm-key',
      );
    }
  });

  test('whose ECDSA value is longer than the curve is refused with tpm-signature', async () => {
    const keys = generateEcKeys();
    const elliptic = await createSimulatedVtpm({ attestationKey: keys, encryptionKey: vtpm.encryptionKey });
    const { attest, signature } = elliptic.quote();
    const long = Buffer.concat([
      signature.subarray(0, 4),
      Buffer.from('0021', 'hex'),
      Buffer.alloc(1),
      signature.subarray(6),
    ]);
    assert.equal(
      codeOf(() => checkTpmSignature(attest, long, keys.publicKey, 'tpm quote')),
      'tpm-signature',
    );
    assert.equal(
      codeOf(() => checkTpmSignature(attest, signature, keys.publicKey, 'tpm quote')),
      'accepted',
    );
  });

  test('is refused when it is cut at any byte, and never crashes', () => {
    const { attest, signature } = vtpm.quote({ signature: { form: 'structure' } });
    for (let length = 0; length < attest.length; length += 1) {
      const evidence = evidenceOf({ attest: attest.subarray(0, length), signature });
      assert.notEqual(
        codeOf(() => appraiseVtpm(evidence, publicKey, { nonce: 'any' })),
        'accepted',
        `${length}`,
      );
    }
    for (let length = 0; length < signature.length; length += 1) {
      const evidence = evidenceOf({ attest, signature: signature.subarray(0, length) });
      assert.notEqual(
        codeOf(() => appraiseVtpm(evidence, publicKey, { nonce: 'any' })),
        'accepted',
        `${length}`,
      );
    }
  });

  test('is refused when any bit of it, of its signature or of a value flips', () => {
    const { attest, signature } = vtpm.quote();
    const whole = Buffer.concat([attest, signature, ...vtpm.pcrs().values()]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 * whole.length - 1 }), (bit) => {
        const flipped = Buffer.from(whole);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const values = flipped.subarray(attest.length + signature.length);
        const evidence = {
          quote: flipped.subarray(0, attest.length),
          signature: flipped.subarray(attest.length, attest.length + signature.length),
          pcrs: new Map([0, 1, 2, 3, 4, 5, 6, 7].map((pcr) => [pcr, values.subarray(32 * pcr, 32 * pcr + 32)])),
        };
        return codeOf(() => appraiseVtpm(evidence, publicKey, { nonce: 'any' })) !== 'accepted';
      }),
      { numRuns: 300 },
    );
  });

  test('of any bytes is parsed or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        codeOf(() => parseTpmQuote(bytes));
        codeOf(() => parseTpmCertification(bytes));
        codeOf(() => parseTpmPublicArea(bytes, 'key'));
      }),
    );
  });
});

/** Key bits, exponent and modulus of an RSA key of 2048 bits; exponent 0 stands for 65537. */
const rsaPart = (exponent: number, last = 'ff'): string =>
  `0800${exponent.toString(16).padStart(8, '0')}0100${'ff'.repeat(255)}${last}`;

describe('a public area', () => {
  const { restricted, decrypt, sign, fixedTpm, fixedParent, sensitiveDataOrigin, userWithAuth } = tpmAttributes;
  const origin = fixedTpm | fixedParent | sensitiveDataOrigin;
  const attestation = origin | restricted | sign;
  const parse = (fields: Parameters<typeof vtpm.encryptionKeyArea>[0] = {}) =>
    parseTpmPublicArea(vtpm.encryptionKeyArea(fields), 'key');

  test('gives its key, attributes and policy', () => {
    const area = parse();
    assert.ok(area.publicKey.equals(vtpm.encryptionKey.publicKey));
    assert.deepEqual(area.attributes, {
      fixedTpm: true,
      fixedParent: true,
      sensitiveDataOrigin: true,
      userWithAuth: false,
      restricted: false,
      decrypt: true,
      sign: false,
    });
    const { publicKey: signer } = parseTpmPublicArea(vtpm.attestationKeyArea(), 'key');
    assert.ok(signer.equals(publicKey));
  });

  test('of a key on a curve gives its key', async () => {
    for (const curve of ['P-256', 'P-384'] as const) {
      const keys = generateEcKeys(curve);
      const elliptic = await createSimulatedVtpm({ attestationKey: keys, encryptionKey: keys });
      const area = parseTpmPublicArea(elliptic.attestationKeyArea(), 'key');
      assert.ok(area.publicKey.equals(keys.publicKey));
      assert.equal(
        codeOf(() => checkAttestationKeyAttributes(area, 'key')),
        'accepted',
      );
      const decrypting = parseTpmPublicArea(elliptic.encryptionKeyArea(), 'key');
      assert.equal(
        codeOf(() => checkEncryptionKeyAttributes(decrypting, 'key')),
        'tpm-key',
      );
    }
  });

  test('of a storage key, with a symmetric algorithm, is read to its end', () => {
    assert.equal(
      codeOf(() => parse({ symmetric: '000600800043' })),
      'accepted',
    );
    assert.equal(
      codeOf(() => parse({ scheme: '0015' })),
      'accepted',
    );
    assert.equal(
      codeOf(() => parse({ scheme: '0017000b' })),
      'accepted',
    );
  });

  for (const [what, code, fields] of [
    ['of a keyed hash', 'tpm-public-area', { type: 0x0008 }],
    ['with an unknown scheme', 'tpm-public-area', { scheme: '0019' }],
    ['with a modulus of another size than it says', 'tpm-public-area', { key: '0800000000000004deadbeef' }],
    ['with an even modulus', 'tpm-public-area', { key: rsaPart(0, 'fe') }],
    ['with the exponent 1', 'tpm-public-area', { key: rsaPart(1) }],
    ['with an even exponent', 'tpm-public-area', { key: rsaPart(4) }],
    ['on an unknown curve', 'tpm-public-area', { type: 0x0023, key: '00100010000101000101' }],
    ['on a curve, of a point that is not on it', 'tpm-public-area', { type: 0x0023, key: '00030010000101000101' }],
    ['named with SHA-1', 'tpm-hash-algorithm', { nameAlg: sha1 }],
  ] as const) {
    test(`${what} is refused with ${code}`, () =>
      assert.equal(
        codeOf(() => parse(fields)),
        code,
      ));
  }

  for (const missing of ['restricted', 'sign', 'fixedTpm', 'fixedParent', 'sensitiveDataOrigin'] as const) {
    test(`of an attestation key without ${missing} is refused with tpm-key-attributes`, () => {
      const judge = (attributes: number): string =>
        codeOf(() => checkAttestationKeyAttributes(parse({ attributes }), 'key'));
      assert.deepEqual(
        [judge(attestation), judge(attestation & ~tpmAttributes[missing])],
        ['accepted', 'tpm-key-attributes'],
      );
    });
  }

  test('of an attestation key that decrypts too is refused with tpm-key-attributes', () => {
    const area = parse({ attributes: attestation | decrypt });
    assert.equal(
      codeOf(() => checkAttestationKeyAttributes(area, 'key')),
      'tpm-key-attributes',
    );
  });

  for (const [what, attributes] of [
    ['does not decrypt', origin | sign],
    ['is restricted', origin | decrypt | restricted],
    ['may leave its TPM', decrypt | fixedParent | sensitiveDataOrigin],
    ['may leave its parent', decrypt | fixedTpm | sensitiveDataOrigin],
    ['was not made in its TPM', decrypt | fixedTpm | fixedParent],
  ] as const) {
    test(`of an encryption key that ${what} is refused with tpm-key-attributes`, () => {
      assert.equal(
        codeOf(() => checkEncryptionKeyAttributes(parse({ attributes }), 'key')),
        'tpm-key-attributes',
      );
    });
  }

  test('of an encryption key of more than 4096 bits is refused with tpm-key', () => {
    const area = parse({ key: `1020000000000204${'ff'.repeat(516)}` });
    assert.equal(
      codeOf(() => checkEncryptionKeyAttributes(area, 'key')),
      'tpm-key',
    );
    assert.equal(
      codeOf(() => checkEncryptionKeyAttributes(parse({ key: rsaPart(0) }), 'key')),
      'accepted',
    );
  });

  test('tells whether its key is bound to the quoted values', () => {
    const judge = (fields: Parameters<typeof parse>[0], pcrs = [0, 1, 2, 3, 4, 5, 6, 7]): boolean =>
      isBoundToPcrs(parse(fields), parseTpmQuote(vtpm.quote({ pcrs }).attest), vtpm.pcrs(pcrs));
    assert.deepEqual(
      [judge({}), judge({}, [0, 1]), judge({ authPolicy: '' }), judge({ attributes: origin | decrypt | userWithAuth })],
      [true, false, false, false],
    );
  });

  test('is refused when it is cut at any byte', () => {
    const area = vtpm.encryptionKeyArea();
    for (let length = 0; length < area.length; length += 1) {
      assert.notEqual(
        codeOf(() => parseTpmPublicArea(area.subarray(0, length), 'key')),
        'accepted',
        `${length}`,
      );
    }
  });
});

describe('a certification', () => {
  const key = parseTpmPublicArea(vtpm.encryptionKeyArea(), 'key');

  test('names the key that it certifies', () => {
    const certification = parseTpmCertification(vtpm.certify().attest);
    assert.equal(
      codeOf(() => checkCertifiedName(certification, key)),
      'accepted',
    );
  });

  test('of another key is refused with tpm-certified-name', () => {
    const certification = parseTpmCertification(vtpm.certify({ name: `000b${'00'.repeat(32)}` }).attest);
    assert.equal(
      codeOf(() => checkCertifiedName(certification, key)),
      'tpm-certified-name',
    );
  });

  test('that is a quote is refused with tpm-attest-type', () => {
    assert.equal(
      codeOf(() => parseTpmCertification(vtpm.quote().attest)),
      'tpm-attest-type',
    );
  });
});

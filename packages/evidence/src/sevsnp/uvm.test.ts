/** Endorsements of utility VMs: one thing is wrong, and exactly that is refused. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createSimulatedUvmSigner, type UvmEndorsementOptions, type UvmSignerOptions } from '@atesto/testing/sevsnp';
import { generateEcKeys } from '@atesto/testing/x509';
import { encode, Tagged } from 'cborg';
import fc from 'fast-check';
import { outcomeCode } from '../__fixtures__/refusals.ts';
import { amdKeys, at, days, reportOf } from '../__fixtures__/snp-platform.ts';
import { type UvmReference, verifyUvmEndorsement } from '../advanced.ts';

const makeSigner = (options: Partial<UvmSignerOptions> = {}) => createSimulatedUvmSigner({ at, ...options });
const signer = await makeSigner();
const report = await reportOf();
const measurement = Buffer.from(report.measurement).toString('hex');
const feed = 'ContainerPlat-AMD-UVM';
const reference: UvmReference = { issuer: signer.issuer, feed, minimumSvn: 100, signerValidAt: 'appraisal' };

interface Case {
  readonly by?: typeof signer;
  readonly said?: Partial<UvmEndorsementOptions>;
  readonly reference?: Partial<UvmReference>;
  readonly time?: Date;
}

function judge({ by = signer, said = {}, reference: more = {}, time = at }: Case) {
  const references = [{ ...reference, issuer: by.issuer, ...more }];
  return verifyUvmEndorsement(by.endorse({ measurement, ...said }), report, references, time);
}
const codeOf = (one: Case): string => outcomeCode(judge(one));

describe('a faultless endorsement', () => {
  for (const form of ['json', 'hash-envelope'] as const) {
    test(`in the form ${form} is accepted, with what it says`, () => {
      const outcome = judge({ said: { form, svn: 103 } });
      assert.deepEqual(outcome, {
        ok: true,
        value: { issuer: signer.issuer, feed, svn: 103, signerValidAt: 'appraisal' },
      });
    });
  }

  test('may write its security version as text, as older builders do', () => {
    assert.equal(codeOf({ said: { svn: '100' } }), 'accepted');
  });

  test('may be signed with RSASSA-PSS', async () => {
    const by = await makeSigner({ keys: { signer: amdKeys.asvk } });
    assert.equal(codeOf({ by }), 'accepted');
  });

  test('may come without the tag of COSE_Sign1', () => {
    const untag = (message: Buffer): Uint8Array => message.subarray(1);
    assert.equal(codeOf({ said: { mutate: untag } }), 'accepted');
  });
});

const header = (label: number | string, value: unknown): Partial<UvmEndorsementOptions> => ({
  headers: new Map([[label, value]]),
});
const json = (members: object): Partial<UvmEndorsementOptions> => ({
  payload: new Uint8Array(Buffer.from(JSON.stringify(members))),
});
const cwt = (claims: [number | string, unknown][]): Partial<UvmEndorsementOptions> => ({
  form: 'hash-envelope',
  headers: new Map([[15, new Map(claims)]]),
});
const launch = { 'x-ms-sevsnpvm-launchmeasurement': measurement };
const flipLast = (message: Buffer): Uint8Array => {
  message[message.length - 1] = (message.at(-1) ?? 0) ^ 1;
  return message;
};
const { root, authority, signer: leaf } = signer.certificates;

const refused: readonly (readonly [what: string, one: Case, code: string])[] = [
  ['an issuer that is not trusted', { reference: { issuer: `${signer.issuer}x` } }, 'uvm-untrusted'],
  ['a feed that is not trusted', { said: { feed: 'ConfAKS-AMD-UVM' } }, 'uvm-untrusted'],
  ['a security version below the minimum', { said: { svn: 99 } }, 'uvm-svn'],
  ['another launch measurement', { said: { measurement: '00'.repeat(48) } }, 'uvm-measurement'],
  ['a signature by another key', { said: { signWith: generateEcKeys('P-384') } }, 'uvm-signature'],
  ['a signature that was changed', { said: { mutate: flipLast } }, 'uvm-signature'],
  ['an algorithm of another kind of key', { said: { algorithm: -38 } }, 'uvm-signature'],
  ['another hash than the one it was signed with', { said: { algorithm: -7 } }, 'uvm-signature'],
  ['an algorithm that is not accepted', { said: { algorithm: -257 } }, 'uvm-algorithm'],
  ['an algorithm as text', { said: header(1, '-35') }, 'uvm-algorithm'],
  ['critical header parameters', { said: header(2, [4]) }, 'uvm-malformed'],
  ['no content type that is known', { said: header(3, 'text/plain') }, 'uvm-malformed'],
  ['a hash envelope of another hash', { said: { form: 'hash-envelope', ...header(258, -16) } }, 'uvm-malformed'],
  ['an empty issuer', { said: { issuer: '' } }, 'uvm-malformed'],
  ['a feed that is no text', { said: header('feed', 5) }, 'uvm-malformed'],
  ['a signing time that is no number', { said: header('signingtime', 'now') }, 'uvm-malformed'],
  ['a signing time before 1970', { said: header('signingtime', -1) }, 'uvm-malformed'],
  ['a payload that is no JSON', { said: { payload: Uint8Array.of(0x7b) } }, 'uvm-malformed'],
  ['a payload that is not UTF-8', { said: { payload: Uint8Array.of(0x22, 0xff, 0x22) } }, 'uvm-malformed'],
  ['a payload that is null', { said: { payload: new Uint8Array(Buffer.from('null')) } }, 'uvm-malformed'],
  ['no launch measurement', { said: json({ 'x-ms-sevsnpvm-guestsvn': 101 }) }, 'uvm-malformed'],
  ['a launch measurement that is cut off', { said: { measurement: measurement.slice(2) } }, 'uvm-malformed'],
  ['no security version', { said: json(launch) }, 'uvm-malformed'],
  ['a security version below zero', { said: { svn: -1 } }, 'uvm-malformed'],
  ['a security version that is no whole number', { said: { svn: 100.5 } }, 'uvm-malformed'],
  ['a security version with letters', { said: { svn: '101a' } }, 'uvm-malformed'],
  ['an envelope that is cut off', { said: { form: 'hash-envelope', payload: new Uint8Array(47) } }, 'uvm-malformed'],
  ['an envelope without CWT claims', { said: { form: 'hash-envelope', ...header(15, 'none') } }, 'uvm-malformed'],
  [
    'an envelope without a subject',
    {
      said: cwt([
        [1, signer.issuer],
        ['svn', 101],
      ]),
    },
    'uvm-malformed',
  ],
  [
    'an envelope without a security version',
    {
      said: cwt([
        [1, signer.issuer],
        [2, feed],
      ]),
    },
    'uvm-malformed',
  ],
  ['a byte behind it', { said: { mutate: (message) => Buffer.concat([message, Buffer.of(0)]) } }, 'uvm-malformed'],
  ['no certificates', { said: header(33, null) }, 'uvm-malformed'],
  ['an empty chain', { said: { chain: [] } }, 'uvm-malformed'],
  ['a chain of more than six', { said: { chain: Array.from({ length: 7 }, () => leaf) } }, 'uvm-malformed'],
  ['a certificate that is none', { said: { chain: [Uint8Array.of(1)] } }, 'der-malformed'],
  ['a chain that lacks a link', { said: { chain: [leaf, root] } }, 'chain-name'],
  ['a chain that lacks the pinned root', { said: { chain: [leaf, authority] } }, 'did-x509'],
  ['a signature from the future', { said: { signedAt: days(1) } }, 'uvm-signing-time'],
];

describe('an endorsement is refused with', () => {
  for (const [what, one, code] of refused) test(what, () => assert.equal(codeOf(one), code));

  test('no trusted endorser at all', () => {
    assert.equal(outcomeCode(verifyUvmEndorsement(signer.endorse({ measurement }), report, [], at)), 'uvm-untrusted');
  });

  test('parts that are no COSE_Sign1', () => {
    for (const message of [
      encode('text'),
      encode([new Uint8Array(), new Map(), new Uint8Array()]),
      encode([new Uint8Array(), [], new Uint8Array(), new Uint8Array()]),
      encode([encode([]), new Map(), new Uint8Array(), new Uint8Array()]),
      encode(new Tagged(18, 'text')),
      Buffer.concat([Buffer.of(0xc1), signer.endorse({ measurement }).subarray(1)]),
      new Uint8Array(128 * 1024 + 1),
      new Uint8Array(),
      new Uint8Array(Buffer.alloc(20_000, 0x81)),
    ]) {
      assert.equal(outcomeCode(verifyUvmEndorsement(message, report, [reference], at)), 'uvm-malformed');
    }
  });
});

describe('the signer', () => {
  for (const [what, certificates, code] of [
    ['whose certificate another key signed', { signer: { signWith: signer.keys.signer } }, 'chain-signature'],
    ['under an authority that is none', { authority: { ca: false } }, 'chain-not-a-ca'],
    ['under an authority that may not sign certificates', { authority: { keyUsage: ['cRLSign'] } }, 'chain-key-usage'],
    ['under too many authorities', { root: { pathLength: 0 } }, 'chain-path-length'],
    ['that may not sign', { signer: { keyUsage: ['keyEncipherment'] } }, 'chain-key-usage'],
    ['for another purpose', { signer: { extensions: [] } }, 'did-x509'],
    [
      'with a critical extension that is not understood',
      { signer: { extensions: [{ oid: '1.2.3.4', critical: true, value: Buffer.of(5, 0) }] } },
      'certificate-extension-unknown',
    ],
    ['that has expired', { signer: { notAfter: days(-1) } }, 'chain-expired'],
    ['that is from the future', { signer: { notBefore: days(1) } }, 'chain-not-yet-valid'],
    ['under an authority that has expired', { authority: { notAfter: days(-1) } }, 'chain-expired'],
    ['under an authority from the future', { authority: { notBefore: days(1) } }, 'chain-not-yet-valid'],
    ['under a root from the future', { root: { notBefore: days(1) } }, 'chain-not-yet-valid'],
  ] as [string, NonNullable<UvmSignerOptions['certificates']>, string][]) {
    test(`${what} is refused`, async () => {
      assert.equal(codeOf({ by: await makeSigner({ certificates }) }), code);
    });
  }
});

describe('the time at which signers must be valid', () => {
  const expired = { signer: { notAfter: days(-10) } };

  test('may be the one at which they signed', async () => {
    const by = await makeSigner({ certificates: expired });
    const said = { signedAt: days(-20) };
    assert.equal(codeOf({ by, said }), 'chain-expired');
    assert.equal(codeOf({ by, said, reference: { signerValidAt: 'signing' } }), 'accepted');
  });

  test('is then refused outside their certificates, in the future, and when they do not say it', async () => {
    const by = await makeSigner({ certificates: expired });
    const signing = { signerValidAt: 'signing' } as const;
    assert.equal(codeOf({ by, said: { signedAt: days(-5) }, reference: signing }), 'chain-expired');
    assert.equal(codeOf({ by, said: { signedAt: days(-1000) }, reference: signing }), 'chain-not-yet-valid');
    assert.equal(codeOf({ said: { signedAt: days(1) }, reference: signing }), 'uvm-signing-time');
    assert.equal(codeOf({ said: { signedAt: 'absent' }, reference: signing }), 'uvm-signing-time');
    assert.equal(codeOf({ said: { signedAt: 'absent' } }), 'accepted');
  });
});

test('an endorsement cut off at any byte is refused', () => {
  const whole = signer.endorse({ measurement });
  for (let length = 0; length < whole.length; length += 1) {
    const outcome = verifyUvmEndorsement(whole.subarray(0, length), report, [reference], at);
    assert.equal(outcome.ok, false, `${length} bytes`);
  }
});

test('an endorsement with any bits changed is refused, never a crash', () => {
  const whole = signer.endorse({ measurement });
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (offset, mask) => {
      const changed = Uint8Array.from(whole);
      changed[offset] = (changed[offset] ?? 0) ^ mask;
      assert.equal(verifyUvmEndorsement(changed, report, [reference], at).ok, false);
    }),
    { numRuns: 1000 },
  );
});

/** Whatever happens to the bytes of evidence, the answer is a verdict: never a crash, and never `valid` for changed evidence. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { appraiseSgxBytes } from '../__fixtures__/appraise-bytes.ts';
import { anchorOf, at, makePlatform } from '../__fixtures__/intel-platform.ts';
import { parseSgxEvidence, parseTdxEvidence, VerificationCache, verifyIntelCollateral } from '../advanced.ts';

const platform = await makePlatform();
const verified = verifyIntelCollateral(await platform.collateral(), { trustAnchors: [anchorOf(platform)] });
assert.ok(verified.ok);
const options = { at, cache: new VerificationCache(8) };
const isValid = (bytes: Uint8Array): boolean => appraiseSgxBytes(bytes, verified.value, options).ok;

const evidences = [
  ...([3, 4, 5] as const).map((version) => platform.quote({ version })),
  platform.quote({ certification: { type: 1 } }),
  platform.openEnclaveReport(),
  platform.openEnclaveEvidence({ customClaims: [{ name: 'a', value: Buffer.from('b') }] }),
].map((bytes) => Uint8Array.from(bytes));
/** What stands before the certificates, which may be written in more than one way. */
const certificatesAt = (bytes: Uint8Array): number => {
  const start = Buffer.from(bytes).indexOf('-----BEGIN CERTIFICATE-----');
  return start < 0 ? bytes.length : start;
};

describe('changed evidence', () => {
  test('with any bit flipped before its certificates is never valid', () => {
    for (const evidence of evidences) {
      assert.ok(isValid(evidence));
      const end = certificatesAt(evidence);
      for (let offset = 0; offset < end; offset += 1) {
        // Version 3 gives QE SVN and PCE SVN no meaning, but the quote's signature covers them as all of the header.
        const changed = Uint8Array.from(evidence);
        changed[offset] = (changed[offset] ?? 0) ^ (1 << (offset % 8));
        assert.ok(!isValid(changed), `offset ${offset}`);
      }
    }
  });

  test('with bytes overwritten, cut out, doubled or moved is never valid unless it is the same evidence', () => {
    const place = fc.nat(8000);
    fc.assert(
      fc.property(
        fc.constantFrom(...evidences),
        place,
        place,
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.constantFrom('overwrite', 'cut', 'insert', 'double'),
        (evidence, first, second, bytes, how) => {
          const end = certificatesAt(evidence);
          const [from, to] = [first % end, second % end].sort((a, b) => a - b) as [number, number];
          const whole = Buffer.from(evidence);
          const changed = {
            overwrite: () => Buffer.concat([whole.subarray(0, from), bytes, whole.subarray(from + bytes.length)]),
            cut: () => Buffer.concat([whole.subarray(0, from), whole.subarray(to)]),
            insert: () => Buffer.concat([whole.subarray(0, from), bytes, whole.subarray(from)]),
            double: () => Buffer.concat([whole.subarray(0, to), whole.subarray(from)]),
          }[how]();
          // Bytes after the declared end of a quote are padding, not evidence.
          if (!changed.subarray(0, whole.length).equals(whole)) assert.ok(!isValid(changed));
        },
      ),
      { numRuns: 600 },
    );
  });

  test('of random bytes is parsed or refused, never a crash', () => {
    const header = fc.constantFrom(...evidences).map((evidence) => evidence.subarray(0, 48));
    fc.assert(
      fc.property(fc.option(header), fc.uint8Array({ maxLength: 3000 }), (start, rest) => {
        const bytes = Buffer.concat([start ?? new Uint8Array(), rest]);
        assert.ok(!isValid(bytes));
        for (const parse of [parseSgxEvidence, parseTdxEvidence]) {
          const outcome = parse(bytes);
          if (!outcome.ok) assert.match(outcome.refusal.code, /^[a-z0-9-]+$/);
        }
      }),
      { numRuns: 600 },
    );
  });

  test('never changes the bytes it was given, and refuses them the same way every time', () => {
    fc.assert(
      fc.property(fc.constantFrom(...evidences), fc.nat(), fc.nat(255), (evidence, place, value) => {
        const changed = Uint8Array.from(evidence);
        changed[place % changed.length] = value;
        const before = Buffer.from(changed);
        const verdicts = [
          appraiseSgxBytes(changed, verified.value, options),
          appraiseSgxBytes(changed, verified.value, { at }),
        ];
        assert.ok(before.equals(changed));
        assert.deepEqual(verdicts[0], verdicts[1]);
      }),
      { numRuns: 200 },
    );
  });
});

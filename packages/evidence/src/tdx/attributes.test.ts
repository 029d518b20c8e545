/** Which attributes and features of a trust domain are read, let be and refused: every bit by itself, as the specification lists them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { outcomeCode } from '../__fixtures__/refusals.ts';
import { acceptedDomain, appraiseDomain, codeOfTdx, platform } from '../__fixtures__/trust-domain.ts';
import {
  checkTcbBaseline,
  defaultTcbBaseline,
  parseTdxEvidence,
  type TdReportBody,
  tdxClaims,
  tdxComplianceStatus,
} from '../advanced.ts';
import { checkXfam, parseTdAttributes } from './attributes.ts';

const bits = Array.from({ length: 64 }, (_, bit) => bit);
const withBits = (...set: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(set.reduce((value, bit) => value | (1n << BigInt(bit)), 0n));
  return bytes;
};
const isAccepted = (work: () => unknown): boolean => {
  try {
    work();
    return true;
  } catch {
    return false;
  }
};

describe('the attributes', () => {
  const named = {
    0: 'DEBUG',
    4: 'HGS_PLUS_PROF',
    5: 'PERF_PROF',
    6: 'PMT_PROF',
    16: 'ICSSD',
    17: 'SERVTD_EXT',
    27: 'LASS',
    28: 'SEPT_VE_DISABLE',
    29: 'MIGRATABLE',
    30: 'PKS',
    31: 'KL',
    62: 'TPA',
    63: 'PERFMON',
  };

  test('of defined bits are named, of bits 18 to 22 let be, and all others refused', () => {
    const accepted = bits.filter((bit) => isAccepted(() => parseTdAttributes(withBits(bit), 'attributes')));
    assert.deepEqual(
      accepted.flatMap((bit) =>
        parseTdAttributes(withBits(bit), 'attributes').attributeNames.map((name) => [bit, name]),
      ),
      Object.entries(named).map(([bit, name]) => [Number(bit), name]),
    );
    const nameless = accepted.filter((bit) => !(bit in named));
    assert.deepEqual(nameless, [18, 19, 20, 21, 22]);
  });

  test('of reserved bits are refused with tdx-attributes', async () => {
    for (const bit of [1, 7, 8, 26, 32, 61]) {
      assert.equal(codeOfTdx(await appraiseDomain({ body: { tdAttributes: withBits(28, bit) } })), 'tdx-attributes');
    }
  });

  test('put a domain under debug by the bit DEBUG and by those that let the host profile, and by no others', () => {
    const underDebug = Object.keys(named).filter((bit) => parseTdAttributes(withBits(Number(bit)), 'attributes').debug);
    assert.deepEqual(underDebug, ['0', '4', '5', '6']);
  });
});

describe('a domain that its host may profile', () => {
  for (const bit of [4, 5, 6]) {
    test(`by attribute ${bit} is genuine, and judged and shown like one that can be debugged`, async () => {
      const appraisal = acceptedDomain(await appraiseDomain({ body: { tdAttributes: withBits(bit, 28) } }));
      const claims = tdxClaims(appraisal);
      assert.deepEqual([appraisal.debug, claims.dbgstat, claims.tdx_td_attributes_debug], [true, 'enabled', true]);
      const forbidden = checkTcbBaseline(appraisal, { ...defaultTcbBaseline, debug: 'forbid' }, platform.at);
      assert.equal(outcomeCode(forbidden), 'baseline-debug');
    });
  }

  test('fits no reference value', () => {
    const bodyWith = (...set: readonly number[]): TdReportBody => {
      const parsed = parseTdxEvidence(platform.tdxQuote({ body: { tdAttributes: withBits(...set) } }));
      assert.ok(parsed.ok);
      return parsed.value.body;
    };
    const known = [{ complianceStatus: 'known', mrTds: [Buffer.from(bodyWith(28).mrTd).toString('hex')] }];
    const statuses = [[28], [16, 28], [0, 28], [4, 28], [5, 28], [6, 28], [29]].map((set) =>
      tdxComplianceStatus(bodyWith(...set), known),
    );
    assert.deepEqual(statuses, ['known', 'known', ...Array(5).fill(undefined)]);
  });
});

test('the features of a domain are x87 and SSE, and beside them those that the specification lets a domain have', () => {
  const possible = bits.filter((bit) => isAccepted(() => checkXfam(withBits(0, 1, bit), 'XFAM')));
  assert.deepEqual(possible, [0, 1, 2, 5, 6, 7, 8, 9, 11, 12, 14, 15, 17, 18, 19]);
});

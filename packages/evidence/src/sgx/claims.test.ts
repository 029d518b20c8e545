import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { reportDataOf } from '@atesto/testing/sgx';
import { accepted, appraise, makePlatform } from '../__fixtures__/intel-platform.ts';
import { outcomeCode } from '../__fixtures__/refusals.ts';
import {
  checkSgxInitTimeData,
  checkSgxRuntimeData,
  parseSgxEvidence,
  sgxClaims,
  sgxIncomingAliases,
} from '../advanced.ts';

const platform = await makePlatform();
const collateral = await platform.collateral();
const kssAttributes = '8500000000000000e700000000000000';
const body = {
  mrEnclave: 'aa'.repeat(32),
  mrSigner: 'bb'.repeat(32),
  isvProdId: 4660,
  isvSvn: 7,
  reportData: 'cc'.repeat(64),
  configId: 'dd'.repeat(64),
  configSvn: 9,
  isvExtProdId: 'ee'.repeat(16),
  isvFamilyId: 'ff'.repeat(16),
};
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

describe('the claims of an SGX appraisal', () => {
  const quote = platform.quote({ body });
  const common = {
    'x-ms-sgx-is-debuggable': false,
    'x-ms-sgx-product-id': 4660,
    'x-ms-sgx-svn': 7,
    'x-ms-sgx-mrsigner': body.mrSigner,
    'x-ms-sgx-mrenclave': body.mrEnclave,
    'x-ms-sgx-report-data': body.reportData,
    'x-ms-sgx-collateral': {
      qeidcertshash: sha256(collateral.qeIdentityIssuerChain),
      qeidcrlhash: sha256(collateral.rootCaCrl),
      qeidhash: sha256(collateral.qeIdentity),
      quotehash: sha256(quote),
      tcbinfocertshash: sha256(collateral.tcbInfoIssuerChain),
      tcbinfocrlhash: sha256(collateral.rootCaCrl),
      tcbinfohash: sha256(collateral.tcbInfo),
    },
  };

  test('are its fields and the hashes of what was used', () => {
    assert.deepEqual(sgxClaims(accepted(appraise(platform, quote, collateral))), common);
  });

  test('hash the quote without its container and without bytes behind it', () => {
    const report = Buffer.concat([Buffer.from('01000000020000000000000000000000', 'hex'), quote, Buffer.alloc(9)]);
    report.writeUInt32LE(quote.length, 8);
    assert.deepEqual(sgxClaims(accepted(appraise(platform, report, collateral))), common);
  });

  test('tell configuration and product only with key separation and sharing', () => {
    const kss = platform.quote({ body: { ...body, attributes: kssAttributes } });
    const { 'x-ms-sgx-collateral': _, ...claims } = sgxClaims(accepted(appraise(platform, kss, collateral)));
    const { 'x-ms-sgx-collateral': __, ...rest } = common;
    assert.deepEqual(claims, {
      ...rest,
      'x-ms-sgx-config-id': body.configId,
      'x-ms-sgx-config-svn': 9,
      'x-ms-sgx-isv-extended-product-id': body.isvExtProdId,
      'x-ms-sgx-isv-family-id': body.isvFamilyId,
    });
  });

  test('come in under old names too', () => {
    assert.deepEqual(sgxIncomingAliases(accepted(appraise(platform, quote, collateral))), {
      '$is-debuggable': false,
      '$product-id': 4660,
      $svn: 7,
      '$sgx-mrsigner': body.mrSigner,
      '$sgx-mrenclave': body.mrEnclave,
      $tee: 'sgx',
    });
  });
});

describe('data beside an SGX quote', () => {
  const data = Buffer.from('{"key":"value"}');
  const commitment = reportDataOf(data);
  const bodyOf = (fields: Parameters<typeof platform.quote>[0]) => {
    const parsed = parseSgxEvidence(platform.quote(fields));
    assert.ok(parsed.ok);
    return parsed.value.body;
  };

  test('runtime data must hash to the first half of the report data; the other half is the enclave’s own', () => {
    assert.equal(outcomeCode(checkSgxRuntimeData(bodyOf({ body: { reportData: commitment } }), data)), 'accepted');
    const own = Buffer.concat([commitment.subarray(0, 32), Buffer.alloc(32, 5)]);
    assert.equal(outcomeCode(checkSgxRuntimeData(bodyOf({ body: { reportData: own } }), data)), 'accepted');
  });

  test('other runtime data is refused with sgx-runtime-data', () => {
    const committed = bodyOf({ body: { reportData: commitment } });
    for (const wrong of [Buffer.alloc(0), data.subarray(1), Buffer.concat([data, Buffer.of(10)])]) {
      assert.equal(outcomeCode(checkSgxRuntimeData(committed, wrong)), 'sgx-runtime-data');
    }
    assert.equal(outcomeCode(checkSgxRuntimeData(bodyOf({}), data)), 'sgx-runtime-data');
    const late = Buffer.concat([Buffer.alloc(32), commitment.subarray(0, 32)]);
    assert.equal(outcomeCode(checkSgxRuntimeData(bodyOf({ body: { reportData: late } }), data)), 'sgx-runtime-data');
  });

  test('init-time data must be the configuration id of an enclave with key separation and sharing, or sgx-init-time-data', () => {
    const init = (fields: { attributes?: string; configId?: Buffer }) =>
      outcomeCode(checkSgxInitTimeData(bodyOf({ body: fields }), data));
    assert.equal(init({ attributes: kssAttributes, configId: commitment }), 'accepted');
    assert.equal(init({ configId: commitment }), 'sgx-init-time-data');
    assert.equal(init({ attributes: kssAttributes }), 'sgx-init-time-data');
    const more = Buffer.concat([commitment.subarray(0, 32), Buffer.alloc(32, 1)]);
    assert.equal(init({ attributes: kssAttributes, configId: more }), 'sgx-init-time-data');
  });
});

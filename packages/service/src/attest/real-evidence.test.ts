/** Real quotes through the whole service, at the time at which they are known to be good, or known to be refused. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readVector, readVectorCollateral, readVectorJson, vectorCases, vectorsMissing } from '@atesto/vectors';
import { base64url, claimsOf, refusalOf } from '../__fixtures__/enclave.ts';
import { serve } from '../__fixtures__/service.ts';

const accepted = ['UpToDate', 'SWHardeningNeeded', 'ConfigurationNeeded', 'ConfigurationAndSWHardeningNeeded'];

describe('real SGX evidence', { skip: vectorsMissing('sgx') }, () => {
  for (const name of vectorCases('sgx')) {
    test(`${name}: attested or refused as expected`, async () => {
      const expected = readVectorJson('sgx', name, 'expected.json');
      const isReport = name.startsWith('openenclave');
      const service = await serve(
        {},
        {
          clock: () => new Date(String(expected.verificationTime)),
          intelEndorsements: {
            get: async () => ({ ok: true, value: { collateral: readVectorCollateral('sgx', name) } }),
          },
        },
      );
      const bytes = base64url(readVector('sgx', name, isReport ? 'report.bin' : 'quote.bin'));
      const answer = isReport
        ? await service.attest('OpenEnclave', { report: bytes })
        : await service.attest('SgxEnclave', { quote: bytes });
      const expired = Array.isArray(expected.collateralExpired) && expected.collateralExpired.length > 0;
      if (expired) assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', 'collateral-expired']);
      else if (!accepted.includes(String(expected.tcbStatus))) {
        assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', 'baseline-tcb-status']);
      } else {
        const claims = claimsOf(answer);
        const body = new Map(Object.entries(Object(expected.body)));
        assert.equal(claims['x-ms-sgx-mrenclave'], body.get('mrEnclave'));
        assert.equal(claims['x-ms-sgx-mrsigner'], body.get('mrSigner'));
        assert.equal(claims['x-ms-sgx-report-data'], body.get('reportData'));
        assert.equal(claims['x-ms-sgx-is-debuggable'], body.get('debug'));
        assert.equal(claims['x-atesto-development-root'], undefined);
        assert.equal(claims.iat, Date.parse(String(expected.verificationTime)) / 1000);
      }
    });
  }
});

/** Real confidential VMs of Azure through the whole service: their hardware evidence with the runtime claims that it commits to. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readVector, readVectorCollateral, readVectorJson, vectorCases, vectorsMissing } from '@atesto/vectors';
import { base64url, claimsOf, refusalOf } from '../../__fixtures__/enclave.ts';
import { serve } from '../../__fixtures__/service.ts';

const products: Record<string, string> = { 'snp-genoa-vtpm': 'Genoa', 'snp-milan-vtpm': 'Milan' };
const refusal = { code: 'endorsements-unavailable', where: 'test', why: 'there is no source' } as const;
const service = await serve(
  {
    endorsements: { amd: { revocationList: 'when-there' } },
    // The TDX machine was behind on microcode.
    provider: { baseline: { tdx: { acceptedStatuses: ['OutOfDate'] } } },
  },
  {
    clock: () => new Date('2025-10-01T00:00:00Z'),
    intelEndorsements: {
      get: async () => ({
        ok: true,
        value: { collateral: readVectorCollateral('tdx', 'v4-azure-without-sept-ve-disable') },
      }),
    },
    amdEndorsements: { get: async () => ({ ok: false, refusal }) },
  },
);

/** The runtime claims: JSON after the header of the runtime data. */
function runtimeClaimsOf(name: string): Buffer {
  const hcl = readVector('azure-cvm', name, 'hcl-report.bin');
  return hcl.subarray(1236, 1236 + hcl.readUInt32LE(1232));
}

/** The type and the evidence, as Azure's guests send them. */
function evidenceOf(name: string): [type: string, members: Record<string, string>] {
  const product = products[name];
  if (product === undefined) return ['TdxVm', { quote: base64url(readVector('azure-cvm', name, 'td-quote.bin')) }];
  const authorities = ['SEV', 'ARK'].map((kind) => readVector('sevsnp', 'amd-ca', `${kind}-${product}.pem`));
  const chain = Buffer.concat([readVector('azure-cvm', name, 'vcek.pem'), Buffer.from('\n'), ...authorities]);
  const report = readVector('azure-cvm', name, 'hcl-report.bin').subarray(32, 1216);
  const document = JSON.stringify({ SnpReport: base64url(report), VcekCertChain: base64url(chain) });
  return ['SevSnpVm', { report: base64url(document) }];
}

describe('real Azure machines', { skip: vectorsMissing('azure-cvm') }, () => {
  for (const name of vectorCases('azure-cvm')) {
    test(`${name}: the token holds the runtime claims, and claims of another machine are refused`, async () => {
      const { runtimeClaims } = readVectorJson('azure-cvm', name, 'expected.json');
      const [type, members] = evidenceOf(name);
      const attest = (claims: Uint8Array) =>
        service.attest(type, { ...members, runtimeData: { data: base64url(claims), dataType: 'JSON' } });
      const token = claimsOf(await attest(runtimeClaimsOf(name)));
      assert.deepEqual(token['x-ms-runtime'], runtimeClaims);
      assert.equal(token['x-atesto-development-root'], undefined);
      const other = vectorCases('azure-cvm').find((candidate) => candidate !== name) ?? name;
      const code = type === 'TdxVm' ? 'tdx-runtime-data' : 'snp-runtime-data';
      assert.deepEqual(refusalOf(await attest(runtimeClaimsOf(other))), [400, 'InvalidParameter', code]);
    });
  }
});

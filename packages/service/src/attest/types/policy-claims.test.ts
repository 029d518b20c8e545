/** The checks of policies know the claims that tokens get from the hardware, with the types of their values. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AttestationType, compilePolicy } from '@atesto/policy';
import { createSimulatedSnpPlatform, generateAmdKeys } from '@atesto/testing/sevsnp';
import { base64url, claimsOf, platform, quoteOf } from '../../__fixtures__/enclave.ts';
import { serve } from '../../__fixtures__/service.ts';

const at = new Date();
const snp = await createSimulatedSnpPlatform({ at, keys: await generateAmdKeys(2048) });
const { vcek, ask, ark } = snp.certificates;
const snpEndorsements = {
  certificate: vcek,
  authorityChain: ask + ark,
  revocationList: await snp.revocationList(),
};
const service = await serve(
  { provider: { trustAnchors: [platform.rootFingerprint, snp.rootFingerprint] } },
  {
    intelEndorsements: {
      get: async ({ tee }) => ({ ok: true, value: { collateral: await platform.collateral({ tee }) } }),
    },
    amdEndorsements: { get: async () => ({ ok: true, value: { collateral: snpEndorsements } }) },
  },
);

/** As a policy sees it: an object is its JSON text. */
function literal(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '"text"';
}

describe('a policy that tests any claim as the service gives it gets no diagnostic', () => {
  for (const [type, evidence, prefix, least] of [
    ['SgxEnclave', { quote: quoteOf() }, 'x-ms-sgx-', 7],
    ['TdxVm', { quote: base64url(platform.tdxQuote()) }, 'tdx_', 21],
    ['SevSnpVm', { report: base64url(snp.report()) }, 'x-ms-sevsnpvm-', 17],
  ] as const satisfies readonly (readonly [AttestationType, object, string, number])[]) {
    test(type, async () => {
      const claims = Object.entries(claimsOf(await service.attest(type, evidence)));
      const own = claims.filter(([name]) => name.startsWith(prefix));
      assert.ok(own.length >= least, `${own.length} claims`);
      for (const [name, value] of own) {
        const text = `version=1.2;authorizationrules{[type=="${name}", value==${literal(value)}] => permit();};`;
        assert.deepEqual(compilePolicy(text, { attestationType: type }).notes, [], name);
      }
    });
  }
});

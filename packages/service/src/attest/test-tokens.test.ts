/** Tokens of `@atesto/testing` say what those of a service say of the same environment, so that tests of relying parties mean something. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createTestAttestation, evidenceFromPlatform, type TestEnvironment } from '@atesto/testing';
import { base64url, claimsOf, platform } from '../__fixtures__/enclave.ts';
import { serve } from '../__fixtures__/service.ts';
import { amdSource, machine } from '../__fixtures__/snp-guest.ts';

const collateral = { SGX: await platform.collateral(), TDX: await platform.collateral({ tee: 'tdx' }) };
const service = await serve(
  { provider: { trustAnchors: [platform.rootFingerprint, machine.rootFingerprint] } },
  {
    intelEndorsements: {
      get: async ({ tee }) => ({ ok: true, value: { collateral: tee === 'tdx' ? collateral.TDX : collateral.SGX } }),
    },
    amdEndorsements: amdSource(),
  },
);
const attestation = createTestAttestation({ issuer: service.url });

/** What differs from token to token, and what is of the policy: the hash of its text, and the claims that the default policy issues. */
const own = /^(iat|nbf|exp|jti|x-ms-policy-hash|policy_hash|maa-policyHash|is-debuggable|product-id|svn|tee|sgx-.*)$/;
const hashes = /^(x-ms-sgx-collateral|maa-attestationcollateral|x-ms-sgx-tcbidentifier)$/;
const comparable = (claims: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => !own.test(name) && !hashes.test(name)));

const environments: Record<string, TestEnvironment> = {
  enclave: { sgx: { mrSigner: 'ab'.repeat(32), productId: 7, svn: 3 } },
  'trust domain': { tdx: { mrTd: 'cd'.repeat(48) } },
  guest: { sevsnp: { launchMeasurement: 'ef'.repeat(48), guestSvn: 2 } },
};
for (const [what, environment] of Object.entries(environments)) {
  for (const [how, data] of [
    ['JSON', { json: '{"keys":[]}' }],
    ['binary', { bytes: Uint8Array.of(1, 2, 3) }],
  ] as const) {
    test(`a test token of a ${what} with ${how} data has the claims of a service's`, async () => {
      const bytes = 'json' in data ? Buffer.from(data.json) : data.bytes;
      const reportData = Buffer.concat([createHash('sha256').update(bytes).digest(), Buffer.alloc(32)]);
      const source = evidenceFromPlatform(environment.sevsnp === undefined ? platform : machine, environment);
      const evidence = await source.collect(reportData);
      const member = evidence.attestationType === 'SevSnpVm' ? 'report' : 'quote';
      const answer = await service.attest(evidence.attestationType, {
        [member]: base64url(evidence.bytes),
        runtimeData: { data: base64url(bytes), dataType: 'json' in data ? 'JSON' : 'Binary' },
        nonce: 'n',
      });
      const token = attestation.token({ ...environment, runtimeData: data, nonce: 'n', developmentRoot: true });
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
      assert.deepEqual(comparable(claims), comparable(claimsOf(answer)));
    });
  }
}

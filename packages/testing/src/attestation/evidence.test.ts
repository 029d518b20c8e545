/** Evidence of simulated platforms is for the environment that was named, and commits to the report data. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSgxEvidence, parseSnpEvidence, parseTdxEvidence } from '@atesto/evidence/advanced';
import { ConfigurationError, evidenceFromPlatform, type TestEnvironment } from '../index.ts';
import { createSimulatedSnpPlatform, generateAmdKeys } from '../sevsnp/index.ts';
import { createSimulatedPlatform } from '../sgx/index.ts';

const at = new Date('2026-06-01T12:00:00Z');
const intel = await createSimulatedPlatform({ at });
const amd = await createSimulatedSnpPlatform({ at, keys: await generateAmdKeys(2048) });
const reportData = new Uint8Array(64).fill(7);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('an enclave has the signer, code, product, version and debugging that were named', async () => {
  const sgx = { mrSigner: 'ab'.repeat(32), mrEnclave: 'cd'.repeat(32), productId: 7, svn: 3, debug: true };
  const { attestationType, bytes } = await evidenceFromPlatform(intel, { sgx }).collect(reportData);
  const parsed = parseSgxEvidence(bytes);
  assert.ok(parsed.ok);
  const { mrSigner, mrEnclave, isvProdId, isvSvn, debug, reportData: committed } = parsed.value.body;
  assert.deepEqual(
    [attestationType, hex(mrSigner), hex(mrEnclave), isvProdId, isvSvn, debug, hex(committed)],
    ['SgxEnclave', sgx.mrSigner, sgx.mrEnclave, 7, 3, true, hex(reportData)],
  );
});

test('an enclave without names is the builder’s own', async () => {
  const { bytes } = await evidenceFromPlatform(intel).collect(reportData);
  const parsed = parseSgxEvidence(bytes);
  assert.ok(parsed.ok);
  assert.deepEqual([parsed.value.body.isvSvn, parsed.value.body.debug], [1, false]);
});

test('a trust domain has the measurement and debugging that were named', async () => {
  const tdx = { mrTd: 'ef'.repeat(48), debug: true };
  const { attestationType, bytes } = await evidenceFromPlatform(intel, { tdx }).collect(reportData);
  const parsed = parseTdxEvidence(bytes);
  assert.ok(parsed.ok);
  const { mrTd, debug, reportData: committed } = parsed.value.body;
  assert.deepEqual([attestationType, hex(mrTd), debug, hex(committed)], ['TdxVm', tdx.mrTd, true, hex(reportData)]);
});

test('a guest has the measurement, version and debugging that were named', async () => {
  const sevsnp = { launchMeasurement: '12'.repeat(48), guestSvn: 9, debug: true };
  const { attestationType, bytes } = await evidenceFromPlatform(amd, { sevsnp }).collect(reportData);
  const parsed = parseSnpEvidence(bytes);
  assert.ok(parsed.ok);
  const { measurement, guestSvn, policy, reportData: committed } = parsed.value.report;
  assert.deepEqual(
    [attestationType, hex(measurement), guestSvn, policy.debugAllowed, hex(committed)],
    ['SevSnpVm', sevsnp.launchMeasurement, 9, true, hex(reportData)],
  );
});

const misuses: Record<string, [platform: typeof intel | typeof amd, environment: object, option: string]> = {
  'a guest on a platform of Intel': [intel, { sevsnp: {} }, 'environment'],
  'an enclave on a platform of AMD': [amd, { sgx: {} }, 'environment'],
  'two environments': [intel, { sgx: {}, tdx: {} }, 'environment'],
  'an environment that does not exist': [intel, { sgxs: {} }, 'environment.sgxs'],
  'a misspelt member': [intel, { sgx: { mrsigner: '' } }, 'environment.sgx.mrsigner'],
};
for (const [what, [platform, environment, option]] of Object.entries(misuses)) {
  test(`${what}: a configuration error at ${option}`, () => {
    const untyped: TestEnvironment = environment;
    const isMisuse = (error: unknown): boolean => error instanceof ConfigurationError && error.option === option;
    assert.throws(() => evidenceFromPlatform(platform, untyped), isMisuse);
  });
}

test('report data of another length than 64 bytes is a configuration error', async () => {
  await assert.rejects(evidenceFromPlatform(intel).collect(new Uint8Array(65)), ConfigurationError);
});

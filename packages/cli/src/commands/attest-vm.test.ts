/** Confidential VMs by command line: evidence from a file becomes a token that is then verified. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { development } from '@atesto/development';
import { startService } from '@atesto/service';
import { createSimulatedSnpPlatform, generateAmdKeys } from '@atesto/testing/sevsnp';
import { createSimulatedPlatform, reportDataOf } from '@atesto/testing/sgx';
import { runCli } from '../__fixtures__/cli.ts';
import { temporaryDirectory, temporaryFile } from '../__fixtures__/directory.ts';

const at = new Date();
const intel = await createSimulatedPlatform({ at });
const amd = await createSimulatedSnpPlatform({ at, keys: await generateAmdKeys(2048) });
const [collateral, endorsements] = [await intel.collateral({ tee: 'tdx' }), await amd.endorsements()];
const service = await startService(
  {
    environment: 'development',
    stateDirectory: join(temporaryDirectory(), 'state'),
    listen: { port: 0 },
    provider: { trustAnchors: [intel.rootFingerprint, amd.rootFingerprint] },
  },
  {
    development,
    log: { write: () => {} },
    intelEndorsements: { get: async () => ({ ok: true, value: { collateral } }) },
    amdEndorsements: { get: async () => ({ ok: true, value: { collateral: endorsements } }) },
  },
);
after(() => service.close());

const json = Buffer.from('{"keys":[]}');
const data = temporaryFile('data.json', json);
const reportData = reportDataOf(json);
const measurement = 'ab'.repeat(48);
const ca = ['--ca', service.caFile ?? ''];

for (const [what, evidence, expectations] of [
  ['TDX quote', intel.tdxQuote({ body: { reportData, mrTd: measurement } }), ['--mr-td', measurement]],
  ['SEV-SNP report', amd.report({ fields: { reportData, measurement } }), ['--launch-measurement', measurement]],
] as const) {
  test(`a ${what} becomes a token that holds what was expected, and nothing else`, async () => {
    const file = temporaryFile('evidence.bin', evidence);
    const attested = await runCli([
      ...['attest', '--endpoint', service.url, ...ca, '--evidence', file, '--runtime-json', data, '--nonce', 'once'],
    ]);
    assert.equal(attested.exitCode, 0, attested.stderr);
    const verifyToken = (...wanted: readonly string[]) =>
      runCli([
        ...['token', 'verify', attested.stdout.trim(), '--issuer', service.url, ...ca, '--allow-development-root'],
        ...['--accept-any', '--nonce', 'once', ...wanted],
      ]);
    const verdict = await verifyToken(...expectations);
    assert.equal(verdict.exitCode, 0, verdict.stderr + verdict.stdout);
    const other = await verifyToken(expectations[0], '00'.repeat(48));
    assert.equal(other.exitCode, 1);
  });
}

/** `atesto verify tdx` gives the expected facts of real evidence, and refuses with the code of the check that fails. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { collateralToJson, createSimulatedPlatform, reportDataOf } from '@atesto/testing/sgx';
import { readVector, readVectorJson, vectorCases, vectorPath, vectorsMissing } from '@atesto/vectors';
import { runCli, spawnCli } from '../__fixtures__/cli.ts';
import { temporaryDirectory, temporaryFile } from '../__fixtures__/directory.ts';

const evidenceOf = (name: string): string => vectorPath('tdx', name, 'quote.bin');
const collateralOf = (name: string): string => vectorPath('tdx', name, 'collateral.json');

async function refusalOf(args: readonly string[]): Promise<[number, unknown]> {
  const { exitCode, stdout } = await runCli([...args, '--json']);
  const verdict: Record<string, unknown> = JSON.parse(stdout);
  assert.equal(verdict.verdict, 'refused');
  assert.equal(typeof verdict.reason, 'string');
  return [exitCode, verdict.code];
}

/** The first case is a process, as users run it; the others run inside the test, which is several times as fast. */
const [first] = vectorCases('tdx');
const runAs = (name: string) => (name === first ? spawnCli : runCli);

describe('atesto verify tdx over real evidence', { skip: vectorsMissing('tdx') }, () => {
  for (const name of vectorCases('tdx')) {
    test(`${name}: prints the expected facts and ends with 0, or with 1 where no TCB level fits`, async () => {
      const expected = readVectorJson('tdx', name, 'expected.json');
      const { exitCode, stdout, stderr } = await runAs(name)([
        ...['verify', 'tdx', evidenceOf(name), '--collateral', collateralOf(name)],
        ...['--at', String(expected.verificationTime), '--allow-expired-collateral', '--json'],
      ]);
      const { reason, ...verdict } = JSON.parse(stdout);
      delete verdict.collateral.expiredRevocationLists;
      delete verdict.evidence.attributeNames;
      const isSupported = expected.tcbStatus !== 'NotSupported';
      assert.deepEqual([stderr, exitCode, typeof reason], ['', isSupported ? 0 : 1, isSupported ? 'object' : 'string']);
      assert.deepEqual(verdict, {
        verdict: isSupported ? 'valid' : 'refused',
        code: isSupported ? null : 'tcb-level-not-found',
        tcbStatus: expected.tcbStatus,
        advisoryIds: expected.advisoryIds,
        collateral: {
          expired: expected.collateralExpired,
          tcbEvaluationDataNumber: expected.tcbEvaluationDataNumber,
        },
        evidence: expected.body,
      });
    });

    test(`${name}: a strict appraisal refuses expired collateral`, async () => {
      const { verificationTime, collateralExpired, tcbStatus } = readVectorJson('tdx', name, 'expected.json');
      const args = ['verify', 'tdx', evidenceOf(name), '--collateral', collateralOf(name)];
      const { stdout } = await runCli([...args, '--at', String(verificationTime), '--json']);
      const isExpired = Array.isArray(collateralExpired) && collateralExpired.length > 0;
      const otherwise = tcbStatus === 'NotSupported' ? 'tcb-level-not-found' : null;
      assert.equal(JSON.parse(stdout).code, isExpired ? 'collateral-expired' : otherwise);
    });
  }

  test('refuses an SGX quote, with the code of the check', { skip: vectorsMissing('sgx') }, async () => {
    const sgx = vectorPath('sgx', 'v3-platform-ca-up-to-date', 'quote.bin');
    const args = ['verify', 'tdx', sgx, '--collateral', collateralOf('v4-up-to-date'), '--at', '2026-03-20'];
    assert.deepEqual(await refusalOf(args), [1, 'quote-tee-type']);
  });

  test('refuses truncated evidence', async () => {
    const cut = temporaryFile('quote.bin', readVector('tdx', 'v4-up-to-date', 'quote.bin').subarray(0, 700));
    const args = ['verify', 'tdx', cut, '--collateral', collateralOf('v4-up-to-date'), '--at', '2026-03-20'];
    assert.deepEqual(await refusalOf(args), [1, 'evidence-truncated']);
  });
});

describe('atesto verify tdx over simulated evidence', async () => {
  const at = new Date('2026-03-20T00:00:00Z');
  const platform = await createSimulatedPlatform({ at });
  const data = Buffer.from('held by the trust domain');
  const directory = temporaryDirectory();
  const files = {
    quote: temporaryFile('quote.bin', platform.tdxQuote({ body: { reportData: reportDataOf(data) } })),
    collateral: temporaryFile(
      'collateral.json',
      JSON.stringify(collateralToJson(await platform.collateral({ tee: 'tdx' }))),
    ),
    data: temporaryFile('data.bin', data),
  };
  const call = (...more: string[]): string[] => [
    ...['verify', 'tdx', files.quote, '--collateral', files.collateral, '--at', at.toISOString(), ...more],
  ];
  const trusted = ['--development-root', platform.rootFingerprint];

  test('refuses a root that is not Intel’s unless it is given', async () => {
    assert.deepEqual(await refusalOf(call()), [1, 'chain-root-untrusted']);
    assert.equal((await runCli(call(...trusted))).exitCode, 0);
  });

  test('accepts the data that the report data commits to, and refuses others', async () => {
    assert.equal((await runCli(call(...trusted, '--runtime-data', files.data))).exitCode, 0);
    const other = temporaryFile('other.bin', 'other');
    assert.deepEqual(await refusalOf(call(...trusted, '--runtime-data', other)), [1, 'tdx-runtime-data']);
  });

  test('prints the verdict, the facts and what was not checked', async () => {
    const { exitCode, stdout } = await runCli(call(...trusted));
    assert.equal(exitCode, 0);
    assert.match(stdout, /^valid: the evidence is genuine at 2026-03-20T00:00:00\.000Z\n/);
    assert.match(stdout, /TCB status +UpToDate\n/);
    assert.match(stdout, /MRTD +[0-9a-f]{96}\n/);
    assert.match(stdout, /note {2}what the report data commits to was not checked/);
    assert.match(stdout, /note {2}development roots were trusted/);
  });

  test('a missing file ends with 2 and one line', async () => {
    const { exitCode, stdout, stderr } = await runCli([
      ...['verify', 'tdx', join(directory, 'none'), '--collateral', files.collateral, '--at', 'now'],
    ]);
    assert.deepEqual([exitCode, stdout], [2, '']);
    assert.match(stderr, /^atesto: the evidence .+: there is no such file\n/);
  });
});

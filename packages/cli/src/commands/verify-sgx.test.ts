/** `atesto verify sgx` gives the expected facts of real evidence, refuses with the code of the check that fails, and never shows a stack. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { readVector, readVectorJson, vectorCases, vectorPath, vectorsMissing } from '@atesto/vectors';
import { runCli, spawnCli } from '../__fixtures__/cli.ts';
import { temporaryFile } from '../__fixtures__/directory.ts';

const evidenceOf = (name: string): string =>
  vectorPath('sgx', name, existsSync(vectorPath('sgx', name, 'quote.bin')) ? 'quote.bin' : 'report.bin');
const collateralOf = (name: string): string => vectorPath('sgx', name, 'collateral.json');
const good = 'v3-processor-ca-config-and-sw-hardening';
const call = (evidence: string, ...more: string[]): string[] => [
  ...['verify', 'sgx', evidence, '--collateral', collateralOf(good), '--at', '2025-06-20T00:00:00Z', ...more],
];

async function refusalOf(args: readonly string[]): Promise<[number, unknown]> {
  const { exitCode, stdout } = await runCli([...args, '--json']);
  const verdict: Record<string, unknown> = JSON.parse(stdout);
  assert.equal(verdict.verdict, 'refused');
  assert.equal(typeof verdict.reason, 'string');
  return [exitCode, verdict.code];
}

/** The first case is a process, as users run it; the others run inside the test, which is several times as fast. */
const [first] = vectorCases('sgx');
const runAs = (name: string) => (name === first ? spawnCli : runCli);

describe('atesto verify sgx over real evidence', { skip: vectorsMissing('sgx') }, () => {
  for (const name of vectorCases('sgx')) {
    test(`${name}: prints the expected facts and ends with 0`, async () => {
      const expected = readVectorJson('sgx', name, 'expected.json');
      const runtimeData = vectorPath('sgx', name, 'runtime-data.bin');
      const { exitCode, stdout, stderr } = await runAs(name)([
        ...['verify', 'sgx', evidenceOf(name), '--collateral', collateralOf(name)],
        ...['--at', String(expected.verificationTime), '--allow-expired-collateral', '--json'],
        ...(existsSync(runtimeData) ? ['--runtime-data', runtimeData] : []),
      ]);
      assert.equal(stderr, '');
      assert.equal(exitCode, 0);
      const verdict = JSON.parse(stdout);
      delete verdict.collateral.expiredRevocationLists;
      assert.deepEqual(verdict, {
        verdict: 'valid',
        code: null,
        reason: null,
        tcbStatus: expected.tcbStatus,
        advisoryIds: expected.advisoryIds,
        collateral: {
          expired: expected.collateralExpired,
          tcbEvaluationDataNumber: expected.tcbEvaluationDataNumber,
        },
        evidence: expected.body,
      });
    });

    test(`${name}: a strict appraisal refuses exactly when collateral is expired, and still prints its facts`, async () => {
      const { verificationTime, collateralExpired, body, tcbStatus } = readVectorJson('sgx', name, 'expected.json');
      const args = ['verify', 'sgx', evidenceOf(name), '--collateral', collateralOf(name)];
      const { exitCode, stdout } = await runCli([...args, '--at', String(verificationTime), '--json']);
      const verdict = JSON.parse(stdout);
      const isExpired = Array.isArray(collateralExpired) && collateralExpired.length > 0;
      assert.deepEqual([exitCode, verdict.code], isExpired ? [1, 'collateral-expired'] : [0, null]);
      assert.deepEqual(
        [verdict.collateral.expired, verdict.evidence, verdict.tcbStatus],
        [collateralExpired, body, tcbStatus],
      );
    });
  }

  test('refuses a quote with a flipped bit, with the code of the check', async () => {
    const quote = Uint8Array.from(readVector('sgx', good, 'quote.bin'));
    quote[48 + 64] = (quote[48 + 64] ?? 0) ^ 1;
    assert.deepEqual(await refusalOf(call(temporaryFile('quote.bin', quote))), [1, 'quote-signature']);
  });

  test('refuses evidence that is empty or cut off', async () => {
    const quote = readVector('sgx', good, 'quote.bin');
    assert.deepEqual(await refusalOf(call(temporaryFile('quote.bin', ''))), [1, 'evidence-truncated']);
    assert.deepEqual(await refusalOf(call(temporaryFile('quote.bin', quote.subarray(0, 700)))), [
      1,
      'evidence-truncated',
    ]);
  });

  test('refuses wrong runtime data', async () => {
    const data = temporaryFile('data.bin', 'not what the enclave hashed');
    assert.deepEqual(await refusalOf(call(evidenceOf(good), '--runtime-data', data)), [1, 'sgx-runtime-data']);
  });

  test('refuses collateral that is no collateral', async () => {
    const none = temporaryFile('collateral.json', '{}');
    const args = ['verify', 'sgx', evidenceOf(good), '--collateral', none, '--at', '2025-06-20'];
    assert.deepEqual(await refusalOf(args), [1, 'collateral-file-malformed']);
  });

  test('refuses collateral of another platform family', async () => {
    const other = collateralOf('v3-sw-hardening-qe-identity-expired');
    const args = ['verify', 'sgx', evidenceOf(good), '--collateral', other, '--at', '2025-10-01'];
    assert.deepEqual(await refusalOf([...args, '--allow-expired-collateral']), [1, 'collateral-fmspc']);
  });

  test('prints the verdict, the facts and what was not checked', async () => {
    const { exitCode, stdout } = await runCli(call(evidenceOf(good)));
    assert.equal(exitCode, 0);
    assert.match(stdout, /^valid: the evidence is genuine at 2025-06-20T00:00:00\.000Z\n/);
    assert.match(stdout, /TCB status +ConfigurationAndSWHardeningNeeded\n/);
    assert.match(stdout, /MRENCLAVE +33d8736db756ed4997e04ba358d27833188f1932ff7b1d156904d3f560452fbb\n/);
    assert.match(stdout, /note {2}what the report data commits to was not checked/);
  });

  test('prints the reason of a refusal and its code', async () => {
    const { exitCode, stdout } = await runCli(call(temporaryFile('quote.bin', 'x')));
    assert.equal(exitCode, 1);
    assert.match(stdout, /^refused: .+ \[evidence-truncated\]\n/);
  });
});

describe('atesto verify sgx, called wrongly', () => {
  for (const [what, args, said] of [
    ['without evidence', ['verify', 'sgx'], /missing required argument 'file'|required option/],
    ['without collateral', ['verify', 'sgx', 'q', '--at', 'now'], /required option '--collateral <file>'/],
    ['without a time', ['verify', 'sgx', 'q', '--collateral', 'c'], /required option '--at <time>'/],
    ['with a time that is none', ['verify', 'sgx', 'q', '--collateral', 'c', '--at', 'soon'], /RFC|Write a time/],
    ['with a day that is none', ['verify', 'sgx', 'q', '--collateral', 'c', '--at', '2025-13-01'], /Write a time/],
    [
      'with an unknown option',
      ['verify', 'sgx', 'q', '--collateral', 'c', '--at', 'now', '--colour'],
      /unknown option '--colour'/,
    ],
    ['with a root that is no hash', ['verify', 'sgx', 'q', '--development-root', 'ab'], /64 hexadecimal digits/],
    [
      'with a file that is not there',
      ['verify', 'sgx', '/nowhere', '--collateral', 'c', '--at', 'now'],
      /no such file/,
    ],
    ['with a directory', ['verify', 'sgx', '/', '--collateral', 'c', '--at', 'now'], /it is a directory/],
  ] as const) {
    test(`${what}: ends with 2, one line and a hint`, async () => {
      const { exitCode, stdout, stderr } = await runCli(args);
      assert.equal(exitCode, 2);
      assert.equal(stdout, '');
      assert.match(stderr, said);
      assert.match(stderr, /^atesto: /);
      assert.ok(stderr.trim().split('\n').length <= 4, stderr);
      assert.doesNotMatch(stderr, /\n {4}at /);
    });
  }

  test('--help shows the options and an example, and ends with 0', async () => {
    const { exitCode, stdout } = await runCli(['verify', 'sgx', '--help']);
    assert.equal(exitCode, 0);
    assert.match(stdout, /Examples:\n {2}\$ atesto verify sgx /);
  });
});

/** The demonstration plays all five steps to the end, with simulated and with real evidence, and stops what it started. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { readVector, readVectorJson, vectorCases, vectorPath, vectorsMissing } from '@atesto/vectors';
import { binary, type CliResult, runCli, spawnCli } from '../__fixtures__/cli.ts';
import { temporaryDirectory, temporaryFile } from '../__fixtures__/directory.ts';

function realArguments(name: string): string[] {
  const { verificationTime } = readVectorJson('sgx', name, 'expected.json');
  const file = (path: string): string => vectorPath('sgx', name, path);
  const quote = existsSync(file('quote.bin')) ? file('quote.bin') : file('report.bin');
  const args = ['demo', '--quote', quote, '--collateral', file('collateral.json'), '--at', String(verificationTime)];
  return existsSync(file('runtime-data.bin')) ? [...args, '--runtime-data', file('runtime-data.bin')] : args;
}

function assertConvinced({ exitCode, stdout, stderr }: CliResult): void {
  assert.equal(stderr, '');
  assert.equal(exitCode, 0);
  for (const step of [1, 2, 3, 4, 5]) assert.match(stdout, new RegExp(`^${step}  \\w`, 'm'));
  assert.match(stdout, /^ {3}The relying party is convinced\.$/m);
}

test('simulated evidence, as a process: five steps, what was sent and checked, the token, exit 0, nothing left behind', async () => {
  const TMPDIR = temporaryDirectory();
  const result = await spawnCli(['demo'], { env: { TMPDIR } });
  assertConvinced(result);
  const { stdout } = result;
  assert.match(stdout, /POST +https:\/\/127\.0\.0\.1:\d+\/attest\/SgxEnclave\?api-version=2025-06-01\n/);
  assert.match(stdout, /ok {2}quote +signed by the attestation key/);
  assert.match(stdout, /"x-ms-attestation-type": "sgx"/);
  assert.match(stdout, /"x-atesto-development-root": true/);
  assert.match(stdout, /401 Unauthorized: .+ \[access-token-missing\]/s);
  assert.match(stdout, /\[quote-signature\]/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no colour without a terminal
  assert.doesNotMatch(stdout, /\u001b/);
  assert.deepEqual(readdirSync(TMPDIR), []);
});

test('a reader that has had enough after the first lines: nothing left behind', async () => {
  const TMPDIR = temporaryDirectory();
  const env = { PATH: process.env.PATH, TMPDIR };
  const child = spawn(process.execPath, [binary, 'demo'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  await ended;
  assert.deepEqual(readdirSync(TMPDIR), []);
});

test('asked to stop, it clears everything away and ends with 3', async (t) => {
  const TMPDIR = temporaryDirectory();
  const usual = process.env.TMPDIR;
  process.env.TMPDIR = TMPDIR;
  t.after(() => {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
  });
  const { exitCode, stderr } = await runCli(['demo'], { stop: Promise.resolve() });
  assert.equal(exitCode, 3);
  assert.equal(stderr, 'atesto: the demonstration was stopped\n');
  assert.deepEqual(readdirSync(TMPDIR), []);
});

describe('real evidence', { skip: vectorsMissing('sgx') }, () => {
  for (const name of vectorCases('sgx')) {
    test(`${name}: the relying party is convinced, and is told what was permitted`, async () => {
      const { tcbStatus, collateralExpired, body } = readVectorJson('sgx', name, 'expected.json');
      const result = await runCli(realArguments(name));
      assertConvinced(result);
      const isExpired = Array.isArray(collateralExpired) && collateralExpired.length > 0;
      const isDebug = typeof body === 'object' && body !== null && Reflect.get(body, 'debug') === true;
      assert.equal(result.stdout.includes('[collateral-expired]'), isExpired);
      assert.equal(result.stdout.includes('[baseline-tcb-status]'), tcbStatus === 'OutOfDate');
      assert.equal(result.stdout.includes('[debug-enabled]'), isDebug);
      assert.equal(/By default this would have been refused/.test(result.stdout), isExpired);
    });
  }

  test('--strict stops at the first refusal with 1 and says how to permit it', async () => {
    const { exitCode, stderr } = await runCli([...realArguments('v3-platform-ca-up-to-date'), '--strict']);
    assert.equal(exitCode, 1);
    assert.match(stderr, /^atesto: the service refused the evidence\nhint: .+ --allow-expired-collateral/);
  });

  test('what is permitted from the start is not refused first', async () => {
    const permitted = ['--allow-expired-collateral', '--accept-tcb-status', 'OutOfDate', '--strict'];
    const result = await runCli([...realArguments('openenclave-report-out-of-date'), ...permitted]);
    assertConvinced(result);
    assert.doesNotMatch(result.stdout, /\[collateral-expired\]|\[baseline-tcb-status\]/);
  });

  test('--strict refuses a debug enclave at the relying party', async () => {
    const permitted = ['--allow-expired-collateral', '--accept-tcb-status', 'OutOfDate', '--strict'];
    const { exitCode, stderr } = await runCli([...realArguments('v3-debug-enclave-out-of-date'), ...permitted]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /the relying party refused the token/);
  });

  test('forged evidence is refused for good: there is nothing to permit', async () => {
    const name = 'v3-processor-ca-config-and-sw-hardening';
    const quote = Uint8Array.from(readVector('sgx', name, 'quote.bin'));
    quote[200] = (quote[200] ?? 0) ^ 1;
    const args = realArguments(name).map((arg) =>
      arg.endsWith('quote.bin') ? temporaryFile('quote.bin', quote) : arg,
    );
    const { exitCode, stdout, stderr } = await runCli(args);
    assert.equal(exitCode, 1);
    assert.match(stdout, /\[quote-signature\]/);
    assert.equal(stderr, 'atesto: the service refused the evidence\n');
  });

  test('wrong runtime data is refused for good', async () => {
    const args = realArguments('v3-processor-ca-config-and-sw-hardening');
    const { exitCode, stdout } = await runCli([...args, '--runtime-data', temporaryFile('data', 'other')]);
    assert.equal(exitCode, 1);
    assert.match(stdout, /\[sgx-runtime-data\]/);
  });

  test('evidence that cannot be read is refused with its code', async () => {
    const args = realArguments('v3-processor-ca-config-and-sw-hardening');
    const { exitCode, stderr } = await runCli(
      args.map((arg) => (arg.endsWith('quote.bin') ? temporaryFile('q', 'xx') : arg)),
    );
    assert.equal(exitCode, 1);
    assert.match(stderr, /\[quote-version\]/);
  });
});

for (const [what, args, said] of [
  ['real evidence without its collateral', ['--quote', 'q'], /needs --quote, --collateral and --at together/],
  ['a TCB status that is none', ['--accept-tcb-status', 'Revoked'], /Write one of UpToDate/],
  ['a quote that is not there', ['--quote', '/nowhere', '--collateral', 'c', '--at', 'now'], /the quote \/nowhere: /],
  [
    'a collateral file that is not there',
    ['--quote', binary, '--collateral', '/nowhere', '--at', 'now'],
    /the collateral \/nowhere: there is no such file/,
  ],
  [
    'collateral that is none',
    ['--quote', binary, '--collateral', binary, '--at', 'now'],
    /the collateral .+: .+ \[bundle-malformed\]/,
  ],
] as const) {
  test(`${what}: ends with 2`, async () => {
    const { exitCode, stderr } = await runCli(['demo', ...args]);
    assert.equal(exitCode, 2);
    assert.match(stderr, said);
  });
}

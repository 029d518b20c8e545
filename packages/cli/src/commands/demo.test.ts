/** `atesto demo` runs all five steps, with simulated and with real evidence, and removes what it started. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { readVector, readVectorJson, vectorCases, vectorPath, vectorsMissing } from '@atesto/vectors';
import { bareEnvironment, binary, type CliResult, runCli, spawnCli } from '../__fixtures__/cli.ts';
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

test('with simulated evidence the demo shows five steps and the token, ends with 0, and leaves no files', async () => {
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
  assert.equal(stripVTControlCharacters(stdout), stdout, 'there is no color without a terminal');
  assert.deepEqual(readdirSync(TMPDIR), []);
});

test('the demo leaves no files when its reader closes the pipe after the first lines', async () => {
  const TMPDIR = temporaryDirectory();
  const env = { ...bareEnvironment(), TMPDIR };
  const child = spawn(process.execPath, [binary, 'demo'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  await ended;
  assert.deepEqual(readdirSync(TMPDIR), []);
});

test('a stop request makes the demo remove its files and end with 3', async (t) => {
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
    test(`${name}: the relying party accepts the token, and the demo lists what was permitted`, async () => {
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

  test('--strict ends with 1 at the first refusal and names the option that permits it', async () => {
    const { exitCode, stderr } = await runCli([...realArguments('v3-platform-ca-up-to-date'), '--strict']);
    assert.equal(exitCode, 1);
    assert.match(stderr, /^atesto: the service refused the evidence\nhint: .+ --allow-expired-collateral/);
  });

  test('what options permit from the start is never refused', async () => {
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

  test('forged evidence is refused without a hint, because no option permits it', async () => {
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

  test('wrong runtime data is refused without a hint', async () => {
    const args = realArguments('v3-processor-ca-config-and-sw-hardening');
    const { exitCode, stdout } = await runCli([...args, '--runtime-data', temporaryFile('data', 'other')]);
    assert.equal(exitCode, 1);
    assert.match(stdout, /\[sgx-runtime-data\]/);
  });

  test('malformed evidence is refused with its code', async () => {
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
  ['an unknown TCB status', ['--accept-tcb-status', 'Revoked'], /Write one of UpToDate/],
  ['a missing quote file', ['--quote', '/nowhere', '--collateral', 'c', '--at', 'now'], /the quote \/nowhere: /],
  [
    'a missing collateral file',
    ['--quote', binary, '--collateral', '/nowhere', '--at', 'now'],
    /the collateral \/nowhere: there is no such file/,
  ],
  [
    'malformed collateral',
    ['--quote', binary, '--collateral', binary, '--at', 'now'],
    /the collateral .+: .+ \[collateral-file-malformed\]/,
  ],
] as const) {
  test(`${what} ends the demo with 2`, async () => {
    const { exitCode, stderr } = await runCli(['demo', ...args]);
    assert.equal(exitCode, 2);
    assert.match(stderr, said);
  });
}

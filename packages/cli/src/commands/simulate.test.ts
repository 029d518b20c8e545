/** `atesto simulate` writes evidence that verifies under its own roots, by the commands that it prints. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { runCli } from '../__fixtures__/cli.ts';
import { temporaryDirectory } from '../__fixtures__/directory.ts';

const directory = temporaryDirectory();
const simulated = await runCli(['simulate', directory]);
const commands = simulated.stdout.trim().split('\n');

test('prints a command for each technology', () => {
  assert.deepEqual([simulated.exitCode, commands.length], [0, 3]);
});

for (const command of commands) {
  test(`${command.match(/[a-z]+-[a-z]+\.bin/)?.[0]} verifies as printed, and not without the root`, async () => {
    const words = command.split(' ').slice(1);
    const { exitCode, stdout } = await runCli(words);
    assert.deepEqual([exitCode, stdout.startsWith('valid: ')], [0, true], stdout);
    const root = words.indexOf('--development-root');
    const untrusting = await runCli(words.toSpliced(root, 2));
    assert.deepEqual([untrusting.exitCode, untrusting.stdout.includes('[chain-root-untrusted]')], [1, true]);
  });
}

test('uses the platforms that are there, and writes every file again', async () => {
  const before = readdirSync(directory).toSorted();
  const again = await runCli(['simulate', directory, '--json']);
  const files = ['sgx-quote.bin', 'tdx-quote.bin', 'snp-report.bin', 'data.txt', 'intel-root.txt', 'amd-root.txt'];
  assert.deepEqual(JSON.parse(again.stdout), { directory, files });
  assert.deepEqual(readdirSync(directory).toSorted(), before);
  assert.equal((await runCli(commands[0]?.split(' ').slice(1) ?? [])).exitCode, 0);
});

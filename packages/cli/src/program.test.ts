/** The whole program: every command has help and examples, older Node versions hand over, internal errors show no stack. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import type { Command } from 'commander';
import { binary, runCli, spawnCli } from './__fixtures__/cli.ts';
import { internalFault } from './failure.ts';
import { buildProgram } from './program.ts';
import { beginSession } from './session.ts';

const session = beginSession({
  out: () => {},
  err: () => {},
  readInput: async () => '',
  ask: undefined,
  color: { out: false, err: false },
  env: {},
  onReloadRequest: () => {},
  stopRequested: async () => {},
});

function leaves(command: Command, path: string[] = []): string[][] {
  if (command.commands.length === 0) return [path];
  return command.commands.flatMap((child) => leaves(child, [...path, child.name()]));
}

for (const path of leaves(buildProgram(session))) {
  test(`atesto ${path.join(' ')} --help ends with 0 and shows an example`, async () => {
    const { exitCode, stdout, stderr } = await runCli([...path, '--help']);
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.match(stdout, new RegExp(`Usage: atesto ${path.join(' ')} `));
    assert.match(stdout, /\nExamples?:\n {2}\$ atesto /);
  });
}

test('without a command it lists the commands and ends with 2', async () => {
  const { exitCode, stderr } = await runCli([]);
  assert.equal(exitCode, 2);
  assert.match(stderr, /Commands:/);
});

test('an unknown command ends with 2 and suggests the nearest known one', async () => {
  const { exitCode, stderr } = await runCli(['atest']);
  assert.equal(exitCode, 2);
  assert.match(stderr, /unknown command 'atest'/);
  assert.match(stderr, /attest/);
});

test('--version', async () => {
  const { exitCode, stdout } = await runCli(['--version']);
  assert.deepEqual([exitCode, stdout], [0, '0.1.0\n']);
});

test('an internal error is reported in one line without a stack', () => {
  const fault = internalFault(new TypeError('x is not a function'));
  assert.deepEqual([fault.exitCode, fault.message], [70, 'internal error: x is not a function']);
});

/** An older Node of the machine, outside this project. */
const olderNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
  if (!existsSync(path)) return false;
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return Number(stdout.slice(1).split('.')[0]) < 24;
});

test('an older Node hands over arguments, streams and exit code to a newer one', {
  skip: olderNode === undefined ? 'SKIPPED: no Node below 24 on this machine' : false,
}, async () => {
  const node = olderNode ?? process.execPath;
  const version = await spawnCli(['--version'], { node });
  assert.deepEqual(version, { exitCode: 0, stdout: '0.1.0\n', stderr: '' });
  const piped = await spawnCli(['token', 'inspect', '-'], { node, stdin: 'no token' });
  assert.equal(piped.exitCode, 1);
  assert.match(piped.stderr, /\[token-malformed\]/);
  assert.equal(existsSync(binary), true);
});

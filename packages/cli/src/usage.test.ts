/** Manners of the command line: what is said of a wrong call, help and version as commands, failures as JSON. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCli } from './__fixtures__/cli.ts';
import { temporaryFile } from './__fixtures__/directory.ts';
import { withKeyIdLast } from './usage.ts';

async function refusalOf(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(args);
  assert.deepEqual([exitCode, stdout], [2, '']);
  return stderr;
}

async function errorOf(...args: string[]): Promise<object> {
  const { stdout, stderr } = await runCli([...args, '--json']);
  assert.equal(stdout, '');
  return JSON.parse(stderr).error;
}

describe('a wrong option', () => {
  for (const [args, option, nearest] of [
    [['verify', 'sgx', 'q.bin', '--colateral', 'c.json'], '--colateral', '--collateral'],
    [['verify', 'tdx', 'q.bin', '--colateral', 'c.json'], '--colateral', '--collateral'],
    [['policy', 'eval', 'p.txt', '--claim', 'c.json'], '--claim', '--claims'],
    [['token', 'verify', 't.jwt', '--isuer', 'https://x'], '--isuer', '--issuer'],
    [['attest', '--endpont', 'https://x'], '--endpont', '--endpoint'],
    [['provider', 'list', '--endpont', 'https://x'], '--endpont', '--endpoint'],
    [['provider', 'key', 'withdraw', `-${'A'.repeat(42)}`, '--yess'], '--yess', '--yes'],
  ] as const) {
    test(`${args.slice(0, -1).join(' ')} is named before missing ones, with the nearest spelling`, async () => {
      const said = `atesto: unknown option '${option}'\n(Did you mean ${nearest}?)\nhint: `;
      const stderr = await refusalOf(...args);
      assert.ok(stderr.startsWith(said), stderr);
    });
  }

  test('without one, all missing options are named at once', async () => {
    const said = "atesto: required options '--at <time>', '--collateral <file>' not specified\n";
    assert.ok((await refusalOf('verify', 'sgx', 'q.bin')).startsWith(said));
    const claims = "atesto: required option '--claims <file>' not specified\n";
    assert.ok((await refusalOf('policy', 'eval', 'p.txt')).startsWith(claims));
  });
});

describe('atesto help', () => {
  const outputOf = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await runCli(args);
    assert.deepEqual([exitCode, stderr], [0, '']);
    return stdout;
  };

  for (const path of [[], ['verify'], ['provider', 'policy', 'set'], ['provider', 'audit', 'verify']]) {
    test(`${['help', ...path].join(' ')} prints what --help prints`, async () => {
      assert.equal(await outputOf('help', ...path), await outputOf(...path, '--help'));
    });
  }

  test('ignores the arguments of a command', async () => {
    assert.equal(await outputOf('help', 'inspect', 'quote.bin'), await outputOf('inspect', '--help'));
  });

  test('of an unknown command names the nearest one and ends with 2', async () => {
    assert.match(await refusalOf('help', 'atest'), /unknown command 'atest'\n\(Did you mean attest\?\)/);
    assert.match(await refusalOf('help', 'token', 'verfy'), /unknown command 'verfy'\n\(Did you mean verify\?\)/);
  });

  test('atesto version prints what --version prints', async () => {
    assert.equal(await outputOf('version'), await outputOf('--version'));
  });
});

describe('with --json, a failure is JSON on standard error:', () => {
  test('a wrong option', async () => {
    assert.deepEqual(await errorOf('verify', 'sgx', 'q.bin', '--colateral', 'x'), {
      code: 'usage',
      message: "unknown option '--colateral'",
      hint: 'Did you mean --collateral?',
      exitCode: 2,
    });
  });

  test('a file that is not there', async () => {
    const message = 'the file /nowhere: there is no such file';
    assert.deepEqual(await errorOf('inspect', '/nowhere'), { code: 'usage', message, exitCode: 2 });
  });

  test('a refusal, with its code', async () => {
    const file = temporaryFile('cut.bin', Buffer.from([3, 0, 2, 0, 0, 0]));
    const { code, message } = Object(await errorOf('inspect', file));
    assert.deepEqual([code, message.includes('[')], ['evidence-truncated', false]);
  });

  test('an unreachable service, with its hint', async () => {
    const { code, hint, exitCode } = Object(
      await errorOf('attest', '--endpoint', 'https://127.0.0.1:1', '--evidence', temporaryFile('q', 'x'.repeat(600))),
    );
    assert.deepEqual([code, typeof hint, exitCode], ['connection-failed', 'string', 3]);
  });
});

test('a key identifier like an option is moved behind all options, and nothing else is', () => {
  const id = `-${'A'.repeat(42)}`;
  assert.deepEqual(withKeyIdLast(['provider', 'key', 'withdraw', id, '--yes']), [
    ...['provider', 'key', 'withdraw', '--yes', '--', id],
  ]);
  for (const args of [
    ['provider', 'key', 'withdraw', '--yes', '--', id],
    ['provider', 'key', 'withdraw', 'short', '--yes'],
    ['token', 'verify', 't', '--policy-hash', id],
  ]) {
    assert.deepEqual(withKeyIdLast(args), args);
  }
});

/** `atesto verify` and `attest` read evidence in the forms in which it is passed on, say what they took, and point to the right command. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { collateralToJson, createSimulatedPlatform } from '@atesto/testing/sgx';
import fc from 'fast-check';
import { type CliResult, runCli } from '../__fixtures__/cli.ts';
import { temporaryFile } from '../__fixtures__/directory.ts';
import { readingsOf } from '../inspect/readings.ts';

const at = new Date('2026-06-01T12:00:00Z');
const platform = await createSimulatedPlatform({ at });
const collateralFor = async (tee: 'sgx' | 'tdx'): Promise<string> =>
  temporaryFile(`${tee}.json`, JSON.stringify(collateralToJson(await platform.collateral({ tee }))));
const collateral = { sgx: await collateralFor('sgx'), tdx: await collateralFor('tdx') };
const quote = { sgx: Buffer.from(platform.quote()), tdx: Buffer.from(platform.tdxQuote()) };
const titles = { sgx: 'SGX quote', tdx: 'TDX quote' };
const trusted = ['--at', at.toISOString(), '--development-root', platform.rootFingerprint];
const token = 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.';

/** @param command `sgx`; empty: none is named */
function verify(tee: 'sgx' | 'tdx', command: readonly string[], file: string | Uint8Array): Promise<CliResult> {
  return runCli([
    'verify',
    ...command,
    temporaryFile('q', file),
    '--collateral',
    collateral[tee],
    ...trusted,
    '--json',
  ]);
}

const base64url = (bytes: Buffer): string => bytes.toString('base64url');
const lines = (text: string): string => text.replaceAll(/.{64}/g, '$&\n');
const forms: readonly (readonly [string, string | undefined, (bytes: Buffer) => string | Uint8Array])[] = [
  ['raw', undefined, (bytes) => bytes],
  ['hex', 'hex', (bytes) => bytes.toString('hex')],
  ['hex with its prefix, upper case and a line end', 'hex', (bytes) => `0x${bytes.toString('hex').toUpperCase()}\n`],
  ['base64 in lines', 'base64', (bytes) => lines(bytes.toString('base64'))],
  ['base64url', 'base64url', base64url],
  [
    'the body of an attest request',
    'base64url in the member "quote" of JSON',
    (bytes) => JSON.stringify({ quote: base64url(bytes), runtimeData: { data: 'AA', dataType: 'Binary' } }),
  ],
  [
    'an envelope in hex',
    'hex in the member "td_quote" of JSON',
    (b) => JSON.stringify({ td_quote: b.toString('hex') }),
  ],
];

for (const tee of ['sgx', 'tdx'] as const) {
  describe(`atesto verify ${tee}`, () => {
    for (const [what, form, encode] of forms) {
      test(`takes evidence as ${what}, and says so`, async () => {
        const { exitCode, stdout } = await verify(tee, [tee], encode(quote[tee]));
        const { verdict, taken } = JSON.parse(stdout);
        const said = form === undefined ? undefined : `${titles[tee]}, read as ${form}`;
        assert.deepEqual([exitCode, verdict, taken], [0, 'valid', said]);
      });
    }
  });

  test(`atesto verify recognizes ${tee}`, async () => {
    for (const [, , encode] of forms) {
      const { exitCode, stdout, stderr } = await verify(tee, [], encode(quote[tee]));
      assert.deepEqual([exitCode, JSON.parse(stdout).verdict, stderr], [0, 'valid', '']);
    }
    assert.equal((await verify(tee, ['any'], quote[tee])).exitCode, 0);
  });
}

test('as text, it says in a note what it took', async () => {
  const file = temporaryFile('q', quote.sgx.toString('hex'));
  const { stdout } = await runCli(['verify', 'sgx', file, '--collateral', collateral.sgx, ...trusted]);
  assert.match(stdout, /^ {2}note {2}the file was taken for: SGX quote, read as hex$/m);
});

describe('evidence of another technology is refused with the command that checks it:', () => {
  for (const [command, tee] of [
    ['sgx', 'tdx'],
    ['tdx', 'sgx'],
  ] as const) {
    test(`${tee} given to verify ${command}`, async () => {
      const hint = `The file holds: ${titles[tee]}; atesto verify ${tee} checks it.`;
      const { exitCode, stdout } = await verify(tee, [command], quote[tee].toString('hex'));
      const told = JSON.parse(stdout);
      assert.deepEqual([exitCode, told.code, told.hint], [1, 'quote-tee-type', hint]);
      const file = temporaryFile('q', quote[tee]);
      const text = await runCli(['verify', command, file, '--collateral', collateral[tee], ...trusted]);
      assert.deepEqual([text.exitCode, text.stderr], [1, `hint: ${hint}\n`]);
    });
  }

  test('a quote given to verify sevsnp', async () => {
    const file = temporaryFile('q', quote.tdx);
    const { exitCode, stderr } = await runCli(['verify', 'sevsnp', file, '--at', 'now']);
    assert.deepEqual([exitCode, stderr], [1, 'hint: The file holds: TDX quote; atesto verify tdx checks it.\n']);
  });

  test('a token given to verify sgx', async () => {
    const { stdout } = await verify('sgx', ['sgx'], token);
    assert.equal(JSON.parse(stdout).hint, 'The file holds: JSON Web Token; atesto token verify checks it.');
  });
});

describe('atesto verify without a technology', () => {
  const failureOf = async (...args: string[]): Promise<[number, string]> => {
    const { exitCode, stdout, stderr } = await runCli(['verify', ...args]);
    assert.equal(stdout, '');
    return [exitCode, stderr];
  };

  test('names the options that the technology still needs', async () => {
    const [exitCode, stderr] = await failureOf(temporaryFile('q', quote.tdx));
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      /^atesto: required options '--at <time>', '--collateral <file>' not specified\nhint: atesto verify tdx/,
    );
  });

  test('does not know a file of nothing known: 1', async () => {
    const [exitCode, stderr] = await failureOf(temporaryFile('q', 'nothing'), '--at', 'now');
    assert.equal(exitCode, 1);
    assert.match(stderr, /it is of no kind that is known here\nhint: .+sgx, tdx, sevsnp, azure-cvm/);
  });

  test('points from a token to atesto token verify: 2', async () => {
    const [exitCode, stderr] = await failureOf(temporaryFile('t', token), '--at', 'now');
    assert.equal(exitCode, 2);
    assert.match(stderr, /JSON Web Token\nhint: .+; atesto token verify checks it\.\n$/);
  });

  test('an unknown technology: 2, with those that there are', async () => {
    const said = "atesto: there is no technology 'sxg'\nhint: Technologies are sgx, tdx, sevsnp, azure-cvm.\n";
    assert.deepEqual(await failureOf('sxg', 'quote.bin', '--at', 'now'), [2, said]);
  });
});

test('atesto attest does not send what is no evidence: 2', async () => {
  const args = ['attest', '--endpoint', 'https://127.0.0.1:1', '--evidence', temporaryFile('t', token)];
  const { exitCode, stderr } = await runCli(args);
  assert.equal(exitCode, 2);
  assert.match(stderr, /holds: JSON Web Token\nhint: Give a quote of SGX or TDX/);
});

test('every encoding of bytes gives these bytes among its readings', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (array) => {
      const bytes = Buffer.from(array);
      for (const [what, , encode] of forms) {
        const found = readingsOf(Buffer.from(encode(bytes)));
        assert.ok(
          found.some((reading) => bytes.equals(reading.bytes)),
          what,
        );
      }
    }),
  );
});

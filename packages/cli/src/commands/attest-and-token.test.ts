/** `atesto attest` gets a token from a real service and `atesto token` verifies it; each failure is one line with a hint and an exit code. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { type CliResult, runCli, spawnCli } from '../__fixtures__/cli.ts';
import { temporaryDirectory, temporaryFile } from '../__fixtures__/directory.ts';
import { startTestService } from '../__fixtures__/service.ts';

const service = await startTestService();
const endpoint = ['--endpoint', service.url, '--ca', service.ca];
const client = ['--issuer', service.issuer, '--client-file', service.clientFile];
const data = temporaryFile('data.json', '{"purpose":"test"}');
const attest = (...more: string[]): Promise<CliResult> =>
  runCli(['attest', ...endpoint, ...client, '--simulator', service.simulator, ...more]);
const token = (await attest('--runtime-json', data, '--nonce', 'once')).stdout.trim();
const verifyToken = (given: string, ...more: string[]): Promise<CliResult> =>
  runCli(['token', 'verify', given, '--issuer', service.url, '--ca', service.ca, ...more]);
const anySgx = ['--type', 'SgxEnclave', '--allow-development-root', '--accept-any'];

function assertFails({ exitCode, stdout, stderr }: CliResult, code: number, said: RegExp): void {
  assert.deepEqual([exitCode, stdout], [code, ''], stderr);
  assert.match(stderr, /^atesto: /);
  assert.match(stderr, said);
  assert.doesNotMatch(stderr, /\n {4}at /);
}

describe('atesto attest', () => {
  test('prints the token alone', () => assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/));

  test('--json prints token and request id', async () => {
    const { exitCode, stdout } = await attest('--json');
    assert.equal(exitCode, 0);
    const { token: got, requestId } = JSON.parse(stdout);
    assert.match(got, /^ey/);
    assert.match(requestId, /^[0-9a-f-]{36}$/);
  });

  test('takes the client from id and secret file, and evidence from a file', async () => {
    const { clientId, clientSecret } = JSON.parse(readFileSync(service.clientFile, 'utf8'));
    const { openPlatforms } = await import('../emulator/load.ts');
    const quote = temporaryFile('quote.bin', (await openPlatforms(service.simulator)).intel.quote());
    const secret = temporaryFile('secret', `${clientSecret}\n`);
    const who = ['--issuer', service.issuer, '--client-id', clientId, '--client-secret-file', secret];
    const { exitCode } = await runCli(['attest', ...endpoint, ...who, '--evidence', quote]);
    assert.equal(exitCode, 0);
    const encoded = temporaryFile('quote.txt', readFileSync(quote).toString('base64'));
    const { stdout, stderr } = await runCli(['attest', ...endpoint, ...who, '--evidence', encoded]);
    assert.deepEqual([stdout.slice(0, 2), stderr], ['ey', 'the evidence was taken for: SGX quote, read as base64\n']);
  });

  test('attest without an access token ends with 1 and a hint', async () => {
    const result = await runCli(['attest', ...endpoint, '--simulator', service.simulator]);
    assertFails(result, 1, /401 Unauthorized: .+\[access-token-missing\], request [0-9a-f-]{36}\nhint: Give --issuer/);
  });

  test('attest with a forged access token ends with 1 and does not show the token', async () => {
    const forged = temporaryFile('token', 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.c2lnbmF0dXJl');
    const result = await runCli([
      'attest',
      ...endpoint,
      '--access-token-file',
      forged,
      '--simulator',
      service.simulator,
    ]);
    assertFails(result, 1, /401 Unauthorized/);
    assert.doesNotMatch(result.stderr, /c2lnbmF0dXJl/);
  });

  test('attest with a wrong client secret ends with 3 and does not show the secret', async () => {
    const wrong = temporaryFile(
      'client.json',
      '{"clientId":"atesto-development","clientSecret":"not-the-secret-at-all"}',
    );
    const who = ['--issuer', service.issuer, '--client-file', wrong];
    const result = await runCli(['attest', ...endpoint, ...who, '--simulator', service.simulator]);
    assertFails(result, 3, /invalid_client.*\[identity-refused\]/);
    assert.doesNotMatch(result.stderr, /not-the-secret/);
  });

  test('attest with evidence of an untrusted platform ends with 1', async () => {
    const other = temporaryDirectory();
    assertFails(await runCli(['attest', ...endpoint, ...client, '--simulator', other]), 1, /the service refused: 400/);
  });

  test('attest with evidence that commits to other data ends with 1', async () => {
    const quote = temporaryFile('quote.bin', 'x'.repeat(600));
    assertFails(await runCli(['attest', ...endpoint, ...client, '--evidence', quote]), 1, /\[quote-version\]/);
  });

  for (const [what, args, code, said] of [
    ['without evidence', [...endpoint], 2, /name one source of evidence/],
    ['with two sources', [...endpoint, '--evidence', 'a', '--simulator', 'b'], 2, /name one source of evidence/],
    ['with evidence that is not there', [...endpoint, '--evidence', '/nowhere'], 2, /there is no such file/],
    [
      'outside an enclave',
      [...endpoint, '--gramine', '/nowhere'],
      3,
      /\[attestation-unavailable\]\nhint: Run this inside/,
    ],
    [
      'outside a confidential VM',
      [...endpoint, '--tsm', '/nowhere'],
      3,
      /\[attestation-unavailable\]\nhint: Run this inside/,
    ],
    ['over plain HTTP', ['--endpoint', 'http://x', '--evidence', data], 2, /\[address-insecure\]/],
    [
      'without an endpoint',
      ['--evidence', data],
      2,
      /which service\? Give --endpoint URI\.\nhint: Or set ATESTO_ENDPOINT/,
    ],
    [
      'with a client but no issuer',
      [...endpoint, '--evidence', data, '--client-file', service.clientFile],
      2,
      /needs an OpenID issuer/,
    ],
    [
      'with an issuer but no client',
      [...endpoint, '--evidence', data, '--issuer', 'https://x'],
      2,
      /--issuer needs a client/,
    ],
    ['with half a client', [...endpoint, '--evidence', data, '--client-id', 'x'], 2, /belong together/],
    [
      'with a client file that is none',
      [...endpoint, '--evidence', data, '--client-file', data],
      2,
      /clientId and clientSecret/,
    ],
    [
      'with data of two kinds',
      [...endpoint, '--evidence', data, '--runtime-data', data, '--runtime-json', data],
      2,
      /binary or JSON/,
    ],
    [
      'with a service that is not there',
      ['--endpoint', 'https://127.0.0.1:1', '--evidence', data],
      3,
      /\[connection-failed\]\nhint: Is the server running/,
    ],
    [
      'with a CA that is not trusted',
      ['--endpoint', service.url, '--evidence', data],
      3,
      /\[certificate-refused\]\nhint: Give the CA/,
    ],
  ] as const) {
    test(`${what}: ${code}`, async () => assertFails(await runCli(['attest', ...args]), code, said));
  }
});

describe('atesto token verify', () => {
  test('accepts a token that is as expected', async () => {
    const exact = [
      '--nonce',
      'once',
      '--runtime-json',
      data,
      '--product-id',
      '1',
      '--minimum-svn',
      '1',
      '--claim',
      'tee=sgx',
    ];
    const { exitCode, stdout } = await verifyToken(token, ...anySgx, ...exact);
    assert.equal(exitCode, 0);
    assert.match(stdout, new RegExp(`^valid: SgxEnclave, issued by ${service.url}\n`));
    assert.match(stdout, /any value accepted +--policy-hash, --mr-signer, --mr-enclave\n/);
  });

  test('reads the token from a file and from standard input', async () => {
    assert.equal((await verifyToken(temporaryFile('token.jwt', `${token}\n`), ...anySgx)).exitCode, 0);
    const args = ['token', 'verify', '-', '--issuer', service.url, '--ca', service.ca, ...anySgx];
    assert.equal((await spawnCli(args, { stdin: `${token}\n` })).exitCode, 0);
  });

  test('verifies with a key set from a file', async () => {
    const keys = temporaryFile('keys.json', '{"keys":[]}');
    const { exitCode, stdout } = await runCli([
      'token',
      'verify',
      token,
      '--issuer',
      service.url,
      '--keys',
      keys,
      ...anySgx,
    ]);
    assert.equal(exitCode, 1);
    assert.match(stdout, /\[key-unknown\]/);
  });

  test('--json prints verdict, code, reason and claims', async () => {
    const valid = JSON.parse((await verifyToken(token, ...anySgx, '--json')).stdout);
    assert.deepEqual([valid.verdict, valid.code, valid.reason, valid.claims.nonce], ['valid', null, null, 'once']);
    const refused = JSON.parse((await verifyToken(token, ...anySgx, '--nonce', 'other', '--json')).stdout);
    assert.deepEqual([refused.verdict, refused.code, refused.claims], ['refused', 'nonce-unexpected', null]);
  });

  test('reads integers beyond 2^53 exactly, in the runtime data and in claims', async () => {
    const large = temporaryFile('large.json', '{"id":9007199254740993}');
    const near = temporaryFile('near.json', '{"id":9007199254740992}');
    const { stdout: about } = await attest('--runtime-json', large);
    const verdictOf = async (...args: string[]): Promise<string> =>
      (await verifyToken(about.trim(), ...anySgx, ...args)).stdout;
    assert.match(await verdictOf('--runtime-json', large), /^valid/);
    assert.match(await verdictOf('--runtime-json', near), /\[runtime-data-unexpected\]/);
    assert.match(await verdictOf('--claim', 'x-ms-runtime={"id":9007199254740993}'), /^valid/);
    assert.match(await verdictOf('--claim', 'x-ms-runtime={"id":9007199254740992}'), /\[claim-unexpected\]/);
  });

  test('expectations with a number that would be rounded end with 2', async () => {
    const inexact = temporaryFile('inexact.json', '{"id":9007199254740993.0}');
    for (const args of [
      ['--runtime-json', inexact],
      ['--claim', 'svn=1e400'],
    ]) {
      assertFails(await verifyToken(token, ...anySgx, ...args), 2, /would have to be rounded/);
    }
  });

  const zeros = '0'.repeat(64);
  for (const [what, args, code] of [
    ['a development root, unless allowed', ['--type', 'SgxEnclave', '--accept-any'], 'development-root'],
    ['another signer', [...anySgx, '--mr-signer', zeros], 'mr-signer-unexpected'],
    ['another enclave', [...anySgx, '--mr-enclave', zeros], 'mr-enclave-unexpected'],
    ['another product', [...anySgx, '--product-id', '2'], 'product-id-unexpected'],
    ['an older version', [...anySgx, '--minimum-svn', '2'], 'svn-too-low'],
    ['another policy', [...anySgx, '--policy-hash', 'A'.repeat(43)], 'policy-hash-unexpected'],
    [
      'other runtime data',
      [...anySgx, '--runtime-json', temporaryFile('x.json', '{"purpose":"other"}')],
      'runtime-data-unexpected',
    ],
    ['another claim', [...anySgx, '--claim', 'svn=2'], 'claim-unexpected'],
    ['another type', ['--type', 'Tpm', '--allow-development-root', '--accept-any'], 'attestation-type-unexpected'],
    ['a time before it was issued', [...anySgx, '--at', '2020-01-01'], 'token-not-yet-valid'],
    ['a time after it ended', [...anySgx, '--at', '2099-01-01'], 'token-expired'],
  ] as const) {
    test(`refuses ${what}`, async () => {
      const { exitCode, stdout, stderr } = await verifyToken(token, ...args);
      assert.equal(exitCode, 1);
      assert.match(stdout, new RegExp(`^refused: .+ \\[${code}\\]\n$`));
      assert.equal(stderr.includes('hint: For tests, --allow-development-root'), code === 'development-root');
    });
  }

  test('refuses a changed token', async () => {
    const [header, , signature] = token.split('.');
    const claims = Buffer.from(JSON.stringify({ iss: service.url })).toString('base64url');
    assert.match((await verifyToken(`${header}.${claims}.${signature}`, ...anySgx)).stdout, /\[signature-invalid\]/);
  });

  test('keys that cannot be fetched end with 3', async () => {
    const { exitCode, stdout, stderr } = await runCli(['token', 'verify', token, '--issuer', service.url, ...anySgx]);
    assert.equal(exitCode, 3);
    assert.match(stderr, /^hint: .+--ca FILE/);
    assert.match(stdout, /\[keys-unavailable\]/);
  });

  for (const [what, args, said] of [
    [
      'leaves a decision out',
      ['--type', 'SgxEnclave', '--nonce', 'once'],
      /say what is expected: --policy-hash, .+--mr-signer.+\nhint: --accept-any/,
    ],
    ['names no type', ['--nonce', 'once'], /--type/],
    ['names an unknown type', ['--type', 'sev', '--accept-any'], /--type is SgxEnclave/],
    ['mixes types', ['--mr-td', '0'.repeat(96), '--mr-enclave', zeros, '--accept-any'], /different attestation types/],
    ['writes a signer that is no hash', ['--mr-signer', 'abc', '--accept-any'], /64 hexadecimal digits/],
    ['expects hardware of no machine', [...anySgx, '--isolation-claim', 'a=1'], /different attestation types/],
    ['writes a claim without a value', ['--claim', 'tee', '--accept-any'], /write name=value/],
    [
      'gives two kinds of runtime data',
      ['--runtime-data', data, '--runtime-json', data, '--accept-any'],
      /give one of/,
    ],
    ['gives runtime JSON that is none', ['--runtime-json', service.ca, '--accept-any'], /needs a file with JSON/],
    ['gives a key that is none', ['--runtime-key', data, '--accept-any'], /JSON Web Key/],
    ['gives a policy hash that is none', [...anySgx, '--policy-hash', 'x'], /\[expectation-malformed\]/],
  ] as const) {
    test(`a caller who ${what}: 2`, async () => assertFails(await verifyToken(token, ...args), 2, said));
  }

  test('an issuer over plain HTTP ends with 2', async () => {
    const result = await runCli(['token', 'verify', token, '--issuer', 'http://example.org', ...anySgx]);
    assertFails(result, 2, /\[issuer-invalid\]/);
  });

  test('an expectation of one type implies the type', async () => {
    const { stdout } = await verifyToken(token, '--mr-enclave', zeros, '--allow-development-root', '--accept-any');
    assert.match(stdout, /\[mr-enclave-unexpected\]/);
  });
});

describe('atesto token inspect', () => {
  test('shows header, claims and times, and says that nothing is proven', async () => {
    const { exitCode, stdout, stderr } = await runCli(['token', 'inspect', token]);
    assert.equal(exitCode, 0);
    assert.equal(stderr, 'not verified: anyone can write this\n');
    assert.match(stdout, /^header\n\{\n {2}"alg": "RS256"/);
    assert.match(stdout, /"nonce": "once"/);
    assert.match(stdout, /\nexp is 20\d\d-/);
  });

  test('an unsecured token of a draft policy is marked as unsecured; large numbers stay exact', async () => {
    const part = (text: string): string => Buffer.from(text).toString('base64url');
    const unsecured = `${part('{"alg":"none"}')}.${part('{"nonce":18446744073709551615}')}.`;
    const { stdout, stderr } = await runCli(['token', 'inspect', '-', '--json'], { stdin: unsecured });
    assert.equal(stderr, '');
    assert.equal(stdout, '{"header":{"alg":"none"},"claims":{"nonce":18446744073709551615},"signed":false}\n');
  });

  test('control characters of a token do not reach the terminal', async () => {
    const part = (text: string): string => Buffer.from(text).toString('base64url');
    const { stdout } = await runCli(['token', 'inspect', `${part('{"alg":"x\u009b31m"}')}.${part('{"iss":"y"}  ')}.`]);
    assert.doesNotMatch(stdout, /\u009b/);
  });

  test('a string that is not a token ends with 1', async () => {
    assertFails(await runCli(['token', 'inspect', data]), 1, /\[token-malformed\]/);
  });

  test('empty standard input ends with 2', async () => {
    assertFails(await runCli(['token', 'inspect', '-'], { stdin: '' }), 2, /no token on standard input\nhint: /);
  });
});

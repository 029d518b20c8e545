/** One emulator attests evidence of every attestation type, gives access tokens, and leaves nothing behind. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import { runEmulatorCommand } from './command.ts';
import { type EvidenceRequest, openSimulatedPlatforms, PlatformsUnreadable, startEmulator } from './index.ts';

const emulator = await startEmulator();
after(() => emulator.close());

interface Sent {
  readonly headers?: Record<string, string>;
  /** Sent as JSON with POST. */
  readonly body?: unknown;
}

type Members = Readonly<Record<string, unknown>>;

/** One request to the service or the simulator: the status, and the members of the answer. */
async function call(uri: string, { headers = {}, body }: Sent = {}): Promise<{ status: number; members: Members }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; members: Members }>();
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const type = sent === undefined ? {} : { 'content-type': 'application/json', 'content-length': `${sent.length}` };
  const method = sent === undefined ? 'GET' : 'POST';
  const send = uri.startsWith('https:') ? httpsRequest : httpRequest;
  const outgoing = send(uri, { method, headers: { ...type, ...headers }, ca: emulator.ca }, (response) => {
    const members = text(response).then((answer): Members => JSON.parse(answer));
    void members.then((given) => resolve({ status: response.statusCode ?? 0, members: given }), reject);
  });
  outgoing.on('error', reject);
  outgoing.end(sent);
  return promise;
}

const simulator = (path: string, sent?: Sent) => call(`${emulator.simulatorUrl}${path}`, sent);

function claimsOf(token: unknown): Members {
  return JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString());
}

/** The claims of the token for evidence of the emulator. */
async function attested(request: EvidenceRequest): Promise<Members> {
  const { attest } = await emulator.evidence(request);
  const { status, members } = await call(emulator.url + attest.path, { body: attest.body });
  assert.equal(status, 200, JSON.stringify(members));
  return claimsOf(members.token);
}

const runtimeData = { data: Buffer.from('{"keys":[]}').toString('base64url'), dataType: 'JSON' } as const;

describe('simulated evidence is attested with the values that were asked for', () => {
  const mrEnclave = 'c0ffee'.padEnd(64, '0');
  const measurement = 'c0ffee'.padEnd(96, '1');
  for (const [request, type, claim, value] of [
    [{ type: 'SgxEnclave', mrEnclave, runtimeData }, 'sgx', 'x-ms-sgx-mrenclave', mrEnclave],
    [{ type: 'OpenEnclave', mrEnclave, runtimeData }, 'sgx', 'x-ms-sgx-mrenclave', mrEnclave],
    [{ type: 'TdxVm', mrTd: measurement, runtimeData }, 'tdxvm', 'tdx_mrtd', measurement],
    [{ type: 'SevSnpVm', measurement, runtimeData }, 'sevsnpvm', 'x-ms-sevsnpvm-launchmeasurement', measurement],
  ] as const) {
    test(`${request.type}`, async () => {
      const claims = await attested(request);
      const { 'x-ms-attestation-type': given, 'x-atesto-development-root': isDevelopment } = claims;
      assert.deepEqual([given, claims[claim], isDevelopment], [type, value, true]);
    });
  }

  test('AzureGuest: the reply is opened by the simulator', async () => {
    const { attest } = await emulator.evidence({ type: 'AzureGuest', nonce: 'once' });
    const { members } = await call(emulator.url + attest.path, { body: attest.body });
    const opened = await simulator('/simulator/guest-reply', { body: { token: members.token } });
    assert.equal(opened.status, 200);
    assert.equal(claimsOf(opened.members.token)['x-ms-attestation-type'], 'azurevm');
    const broken = await simulator('/simulator/guest-reply', { body: { token: 'e30' } });
    assert.deepEqual(
      [broken.status, broken.members],
      [400, { error: { code: 'reply-unreadable', message: 'this is no reply to the simulated guest' } }],
    );
  });
});

describe('the simulator', () => {
  test('answers GET and POST with the same evidence but for its signature', async () => {
    const query = `type=TdxVm&mrTd=${'11'.repeat(48)}&debug=false&reportData=${'22'.repeat(64)}`;
    const got = await simulator(`/simulator/evidence?${query}`);
    const posted = await simulator('/simulator/evidence', { body: Object.fromEntries(new URLSearchParams(query)) });
    const signedPart = ({ members }: typeof got): string =>
      Buffer.from(String(members.evidence), 'base64url').subarray(48, 632).toString('hex');
    assert.deepEqual([got.status, posted.status, signedPart(got)], [200, 200, signedPart(posted)]);
    assert.ok(signedPart(got).includes('11'.repeat(48)) && signedPart(got).endsWith('22'.repeat(64)));
  });

  test('gives the endorsements of its platforms', async () => {
    const { status, members } = await simulator('/simulator/endorsements');
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(members), ['intel', 'amd']);
  });

  for (const [what, path, sent, status, code] of [
    ['an unknown type', '/simulator/evidence?type=Tpm', {}, 400, 'request-invalid'],
    ['an unknown member', '/simulator/evidence', { body: { type: 'TdxVm', color: 1 } }, 400, 'request-invalid'],
    ['a short measurement', '/simulator/evidence?type=TdxVm&mrTd=00', {}, 400, 'request-invalid'],
    [
      'runtime data and report data at once',
      '/simulator/evidence',
      { body: { type: 'TdxVm', runtimeData, reportData: '00'.repeat(64) } },
      400,
      'request-invalid',
    ],
    ['a body above 64 KiB', '/simulator/evidence', { body: 'x'.repeat(65_537) }, 400, 'request-invalid'],
    ['an unknown path', '/simulator', {}, 404, 'not-found'],
    ['a name that is not its own', '/simulator/endorsements', { headers: { host: 'evil.test' } }, 403, 'host-foreign'],
    ['a host header that is none', '/simulator/endorsements', { headers: { host: 'a b' } }, 403, 'host-foreign'],
  ] as const) {
    test(`refuses ${what}`, async () => {
      const answer = await simulator(path, sent);
      const { error } = answer.members;
      assert.ok(typeof error === 'object' && error !== null && 'code' in error);
      assert.deepEqual([answer.status, error.code], [status, code]);
    });
  }
});

describe('the managed identity endpoint', () => {
  const path = (resource: string): string =>
    `/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${encodeURIComponent(resource)}`;
  const headers = { metadata: 'true' };

  test('gives an access token that administers the service', async () => {
    const { status, members } = await simulator(path('https://attest.azure.net'), { headers });
    assert.equal(status, 200);
    assert.deepEqual([members.token_type, members.resource], ['Bearer', 'https://attest.azure.net']);
    assert.equal(members.expires_on, String(claimsOf(members.access_token).exp));
    const authorization = `Bearer ${members.access_token}`;
    const uri = `${emulator.url}/certificates?api-version=2020-10-01`;
    assert.equal((await call(uri, { headers: { authorization } })).status, 200);
  });

  test('has the path that @azure/identity asks, which ends with a slash', async () => {
    const { status } = await simulator(path('https://attest.azure.net').replace('token?', 'token/?'), { headers });
    assert.equal(status, 200);
  });

  test('gives none for another resource, without the header of Azure, and to whoever was forwarded', async () => {
    for (const [resource, sent] of [
      ['https://vault.azure.net', headers],
      ['https://attest.azure.net', {}],
      ['https://attest.azure.net', { ...headers, 'x-forwarded-for': '192.0.2.1' }],
    ] as const) {
      const { status, members } = await simulator(path(resource), { headers: sent });
      assert.deepEqual([status, members.access_token], [400, undefined]);
    }
  });
});

describe('the command', () => {
  /** Runs the command and stops it when it is ready, unless it ends by itself. */
  async function run(...args: readonly string[]) {
    const { promise: stop, resolve } = Promise.withResolvers<void>();
    let err = '';
    const exitCode = await runEmulatorCommand(args, {
      out: () => {},
      err: (line) => {
        err += line;
        resolve();
      },
      env: { PATH: process.env.PATH },
      stopRequested: () => stop,
    });
    return { exitCode, err };
  }
  const free = ['--port', '0', '--identity-port', '0', '--simulator-port', '0'];

  test('says what to set, writes it to a file, and removes its own files when it is stopped', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'atesto-test-'));
    after(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'variables');
    const { exitCode, err } = await run(...free, '--env-file', file);
    assert.equal(exitCode, 0);
    assert.match(
      err,
      /^Atesto emulator: ready after \d+ ms\. For development only\.\n {2}service +https:\/\/127\.0\.0\.1:\d+\n/,
    );
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    assert.deepEqual(
      lines.map((line) => line.slice(0, line.indexOf('='))).sort(),
      Object.keys(emulator.environment).sort(),
    );
    for (const line of lines) assert.ok(err.includes(`  export ${line}\n`), line);
    const caFile = /^NODE_EXTRA_CA_CERTS=(.*)$/m.exec(lines.join('\n'))?.[1] ?? '';
    assert.equal(existsSync(dirname(caFile)), false);
  });

  test('runs another command with the variables, and ends as that one ends', async () => {
    const script = 'process.exit(process.env.NODE_EXTRA_CA_CERTS && process.env.ATESTO_ENDPOINT ? 7 : 1)';
    assert.equal((await run('--', process.execPath, '-e', script)).exitCode, 7);
    const missing = await run('no-such-command');
    assert.equal(missing.exitCode, 127);
    assert.match(missing.err, /cannot run no-such-command/);
  });

  test('ends with 2 for a wrong call, and with 3 when a port is taken', async () => {
    assert.equal((await run('--colour')).exitCode, 2);
    assert.equal((await run('--port', '70000')).exitCode, 2);
    const { port } = new URL(emulator.url);
    const taken = await run('--port', port, '--identity-port', '0', '--simulator-port', '0');
    assert.equal(taken.exitCode, 3);
    assert.match(taken.err, /a port is in use/);
  });
});

test('platforms of a directory are the same when it is opened again, and other files are refused', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'atesto-test-'));
  after(() => rmSync(directory, { recursive: true }));
  const { trustAnchors } = await openSimulatedPlatforms(directory);
  assert.deepEqual((await openSimulatedPlatforms(directory)).trustAnchors, trustAnchors);
  for (const file of ['collateral/sgx.json', 'collateral/tdx.json', 'amd/vcek.pem', 'amd/crl.der']) {
    assert.ok(existsSync(join(directory, file)), file);
  }
  writeFileSync(join(directory, 'platforms.json'), '{"intel":{}}');
  await assert.rejects(openSimulatedPlatforms(directory), PlatformsUnreadable);
});

/** `atesto serve` starts the configured service, prints how to use it, shuts down, and names every fault. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { binary, runCli } from '../__fixtures__/cli.ts';
import { temporaryDirectory, temporaryFile } from '../__fixtures__/directory.ts';

const settings = (port = 0): string =>
  temporaryFile(
    'atesto.json',
    JSON.stringify({
      listen: { port },
      developmentIdentity: { port: 0 },
      stateDirectory: 'state',
      log: { level: 'silent' },
    }),
  );

test('in development with a simulator, the printed command attests, and SIGTERM ends the service with 0', async () => {
  const simulator = temporaryDirectory();
  const args = ['serve', '--config', settings(), '--development', '--simulator', simulator];
  const child = spawn(process.execPath, [binary, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const lines: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    lines.push(line);
    if (line.includes(`--simulator ${simulator}`)) break;
  }
  const banner = lines.join('\n');
  assert.match(banner, /^Atesto listens at https:\/\/127\.0\.0\.1:\d+$/m);
  assert.match(banner, /environment +development: not for production/);
  const command = banner.slice(banner.indexOf('atesto attest') + 'atesto '.length).replaceAll('\\\n', ' ');
  const { exitCode, stdout, stderr } = await runCli(command.trim().split(/\s+/));
  assert.deepEqual([exitCode, stderr], [0, '']);
  assert.match(stdout, /^ey/);
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('exit', resolve);
  child.kill('SIGTERM');
  child.stderr.resume();
  assert.equal(await promise, 0);
});

test('the service runs in the process of the command until it is asked to stop', async () => {
  const { exitCode, stdout, stderr } = await runCli(['serve', '--config', settings(), '--development'], {
    stop: Promise.resolve(),
    // An administrator's shell has variables of the client, which are no settings.
    env: {
      ATESTO_ENDPOINT: 'https://127.0.0.1:8443',
      ATESTO_ISSUER: 'https://127.0.0.1:8444',
      ATESTO_PROVIDER: 'shop',
    },
  });
  assert.deepEqual([exitCode, stdout], [0, ''], stderr);
  assert.match(stderr, /--evidence quote\.bin\n$/);
});

test('wrong settings end with 2, and every fault is named', async () => {
  const config = temporaryFile('atesto.json', '{"listen":{"port":"x"},"color":1}');
  const { exitCode, stderr } = await runCli(['serve', '--config', config, '--development']);
  assert.equal(exitCode, 2);
  assert.match(stderr, /listen\.port: .+\[setting-invalid\]/);
  assert.match(stderr, /color: .+\[setting-unknown\]/);
  assert.match(stderr, /\nhint: docs\/configuration\.md lists every setting\.\n$/);
});

test('ATESTO_CONFIG names the file when the option does not', async () => {
  const { exitCode, stderr } = await runCli(['serve'], { env: { ATESTO_CONFIG: '/nowhere.json' } });
  assert.equal(exitCode, 2);
  assert.match(stderr, /\/nowhere\.json: .+\[config-unreadable\]/);
});

test('production without certificates ends with 2', async () => {
  const { exitCode, stderr } = await runCli(['serve', '--config', settings()]);
  assert.equal(exitCode, 2);
  assert.match(stderr, /\[setting-missing\]\nhint: .+ With --development none is needed\.\n$/);
});

test('a simulator in production ends with 2', async () => {
  const { exitCode, stderr } = await runCli(['serve', '--config', settings(), '--simulator', temporaryDirectory()]);
  assert.equal(exitCode, 2);
  assert.match(stderr, /provider\.trustAnchors: .+\[development-only\]/);
});

test('a simulator directory with other content ends with 2', async () => {
  const directory = temporaryFile('platforms.json', '{}').replace(/\/platforms\.json$/, '');
  const { exitCode, stderr } = await runCli([
    'serve',
    '--config',
    settings(),
    '--development',
    '--simulator',
    directory,
  ]);
  assert.equal(exitCode, 2);
  assert.match(stderr, /holds no simulated platforms\nhint: /);
});

test('a port in use ends with 3', async (t) => {
  const taken = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  taken.listen(0, '127.0.0.1', resolve);
  await promise;
  t.after(() => taken.close());
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { exitCode, stderr } = await runCli(['serve', '--config', settings(port), '--development']);
  assert.equal(exitCode, 3);
  assert.match(stderr, /the service cannot listen: the port is in use\nhint: /);
});

test('a database that does not answer ends with 3, and the settings are not blamed', async () => {
  const storage = { kind: 'postgres', connectionString: 'postgres://u:secret@127.0.0.1:1/x', startWaitMs: 0 };
  const key = temporaryFile('integrity.key', Buffer.alloc(32, 1));
  const shared = { listen: { port: 0 }, stateDirectory: 'state', log: { level: 'silent' } };
  const config = temporaryFile(
    'atesto.json',
    JSON.stringify({ ...shared, environment: 'development', storage: { ...storage, integrityKeyFile: key } }),
  );
  const { exitCode, stderr } = await runCli(['serve', '--config', config]);
  assert.equal(exitCode, 3);
  assert.match(
    stderr,
    /^atesto: The store cannot be used: nothing listens .+ \(ECONNREFUSED\) \[store-unusable\]\nhint: /,
  );
  assert.ok(!stderr.includes('secret') && !stderr.includes('configuration is refused'));
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { developmentCertificate } from '@atesto/development';
import { stateDirectory } from '@atesto/store/testing';
import { serve } from '../__fixtures__/service.ts';
import { ConfigRefused } from '../config/problem.ts';
import { startService } from '../service.ts';

const run = promisify(execFile);

test('one logged line is enough for a client to trust the development service', async () => {
  const service = await serve();
  const said = service.logged.map((line): string => JSON.parse(line).msg).find((line) => line.includes('export'));
  const [, variable = '', file = ''] = /export (\w+)=(.+)$/.exec(said ?? '') ?? [];
  assert.equal(variable, 'NODE_EXTRA_CA_CERTS');
  const program = `fetch('${service.url}/healthz').then((r) => r.text()).then(console.log, (e) => console.log(e.cause.code))`;
  const { [variable]: _absent, ...env } = process.env;
  const trusted = await run(process.execPath, ['-e', program], { env: { ...env, [variable]: file } });
  assert.equal(trusted.stdout.trim(), '{"status":"alive"}');
  const untrusted = await run(process.execPath, ['-e', program], { env });
  assert.match(untrusted.stdout, /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED/);
});

test('accepts TLS 1.2 and 1.3 and nothing older', async () => {
  const service = await serve();
  const { hostname, port } = new URL(service.url);
  const speak = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> => {
    const { promise, resolve } = Promise.withResolvers<string | null>();
    const ca = readFileSync(service.caFile ?? '');
    const options = {
      host: hostname,
      port: Number(port),
      ca,
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT:@SECLEVEL=0',
    };
    const socket = connect(options, () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.on('error', () => resolve('refused'));
    return promise;
  };
  assert.deepEqual(await Promise.all([speak('TLSv1.1'), speak('TLSv1.2'), speak('TLSv1.3')]), [
    'refused',
    'TLSv1.2',
    'TLSv1.3',
  ]);
});

test('a program that brings no development services is refused what only they provide', async () => {
  const start = (settings: object) =>
    startService({ environment: 'development', stateDirectory: stateDirectory(), ...settings });
  await assert.rejects(start({}), /tls\.certificateFile: .* \[setting-missing\]/);
  const { certificate, key } = await developmentCertificate(stateDirectory(), ['localhost']);
  const directory = stateDirectory();
  const tls = { certificateFile: join(directory, 'certificate.pem'), keyFile: join(directory, 'key.pem') };
  writeFileSync(tls.certificateFile, certificate);
  writeFileSync(tls.keyFile, key);
  const enabled = start({ tls, developmentIdentity: { enabled: true, port: 0 } });
  await assert.rejects(enabled, /developmentIdentity\.enabled: .* \[setting-invalid\]/);
});

test('refuses a configured certificate that does not match the key', async () => {
  const directory = stateDirectory();
  const one = await developmentCertificate(join(directory, 'one'), ['localhost']);
  const other = await developmentCertificate(join(directory, 'other'), ['localhost']);
  const certificateFile = join(directory, 'certificate.pem');
  const keyFile = join(directory, 'key.pem');
  writeFileSync(certificateFile, one.certificate);
  for (const [key, isGood] of [
    [other.key, false],
    ['nonsense', false],
    [one.key, true],
  ] as const) {
    writeFileSync(keyFile, key);
    const started = serve({ tls: { certificateFile, keyFile } });
    if (isGood) assert.equal((await started).caFile, undefined);
    else
      await assert.rejects(
        started,
        (error) => error instanceof ConfigRefused && error.message.includes('setting-file-unreadable'),
      );
  }
});

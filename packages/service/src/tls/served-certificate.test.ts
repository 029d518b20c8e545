import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { connect } from 'node:tls';
import { developmentCertificate } from '@atesto/development';
import { stateDirectory } from '@atesto/store/testing';
import { watchedLog } from '../__fixtures__/log.ts';
import { serve } from '../__fixtures__/service.ts';
import { Health } from '../health/health.ts';
import { ServedCertificate } from './served-certificate.ts';

const directory = stateDirectory();
const one = await developmentCertificate(join(directory, 'one'), ['localhost', '127.0.0.1']);
const other = await developmentCertificate(join(directory, 'other'), ['localhost', '127.0.0.1']);
const pollMs = 10_000;

/** The PEM of the certificate that a server shows. */
async function shownBy(port: number): Promise<Buffer | undefined> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  return raw;
}

function rawOf(file: string): Buffer {
  const [, body = ''] = /-----BEGIN CERTIFICATE-----([^-]+)/.exec(readFileSync(file, 'utf8')) ?? [];
  return Buffer.from(body, 'base64');
}

test('picks up a renewed certificate automatically, and keeps the old one while key and certificate do not match', async (t) => {
  const certificateFile = join(directory, 'served.pem');
  const keyFile = join(directory, 'served.key');
  writeFileSync(certificateFile, one.certificate);
  writeFileSync(keyFile, one.key);
  mock.timers.enable({ apis: ['setInterval'] });
  t.after(() => mock.timers.reset());
  const log = watchedLog();
  const service = await serve({ tls: { certificateFile, keyFile } }, { log });
  const isAbout = (level: number) => (line: { event?: string; level: number }) =>
    line.event === 'tls-certificate' && line.level === level;
  const refused = log.next(isAbout(50));
  writeFileSync(certificateFile, other.certificate);
  mock.timers.tick(pollMs);
  assert.match((await refused).reason ?? '', /do not belong together/);
  assert.deepEqual(await shownBy(service.port), rawOf(join(directory, 'one', 'server.pem')));
  const renewed = log.next(isAbout(30));
  writeFileSync(keyFile, other.key);
  mock.timers.tick(pollMs);
  await renewed;
  assert.deepEqual(await shownBy(service.port), rawOf(join(directory, 'other', 'server.pem')));
});

test('warns 30, 7 and 1 days before the certificate expires, and when it has expired; the service stays ready', () => {
  const lines: unknown[] = [];
  const note = (line: object) => void lines.push(Reflect.get(line, 'status'));
  const log = { info: note, warn: note, error: note };
  const { validToDate } = new X509Certificate(one.certificate);
  const statusAt = (daysLeft: number): [string | undefined, boolean] => {
    const clock = () => new Date(validToDate.getTime() - daysLeft * 86_400_000);
    const health = new Health(log, clock);
    const reporter = health.dependency('tls-certificate', { isRequired: false });
    const material = { ...one, passphrase: undefined, developmentCaFile: undefined };
    const unused = { read: async () => material, show: () => {}, log };
    new ServedCertificate({ ...unused, material, reporter, clock });
    return [health.states().get('tls-certificate')?.status, health.isReady];
  };
  assert.deepEqual([31, 29, 6, 0.5, -1].map(statusAt), [
    ['ok', true],
    ['warning', true],
    ['warning', true],
    ['warning', true],
    ['failing', true],
  ]);
});

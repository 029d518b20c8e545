import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { developmentCertificate } from './certificate.ts';

test('the CA and the certificate survive a restart, and other names get a new certificate of the same CA', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'atesto-development-'));
  after(() => rmSync(directory, { recursive: true }));
  const first = await developmentCertificate(directory, ['localhost', '127.0.0.1']);
  assert.deepEqual(await developmentCertificate(directory, ['localhost', '127.0.0.1']), first);
  const wider = await developmentCertificate(directory, ['localhost', '127.0.0.1', 'attest.test']);
  assert.notEqual(wider.certificate, first.certificate);
  assert.equal(wider.caFile, first.caFile);
  const ca = readFileSync(join(directory, 'ca.pem'), 'utf8');
  assert.ok(first.certificate.endsWith(ca) && wider.certificate.endsWith(ca));
  assert.equal(statSync(join(directory, 'ca.key')).mode & 0o777, 0o600);
  assert.equal(statSync(join(directory, 'server.key')).mode & 0o777, 0o600);
});

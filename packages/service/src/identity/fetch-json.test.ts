/** The trust of connections to OpenID issuers. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { developmentCertificate } from '@atesto/development';
import { stateDirectory } from '@atesto/store/testing';
import { startIssuer } from '../__fixtures__/openid-issuer.ts';

const script = `
import { readFileSync } from 'node:fs';
import { createJsonClient, fetchJson } from ${JSON.stringify(new URL('./fetch-json.ts', import.meta.url).href)};
const [caFile, ...issuers] = process.argv.slice(1);
const client = createJsonClient({ ca: readFileSync(caFile, 'utf8'), timeoutMs: 10_000 });
for (const issuer of issuers) {
  console.log((await fetchJson(client, issuer + '/.well-known/openid-configuration')).issuer);
}
`;

test('the authorities of NODE_EXTRA_CA_CERTS and the configured one are trusted together', async () => {
  const [extra, configured] = await Promise.all(
    ['extra', 'configured'].map(() => developmentCertificate(stateDirectory(), ['127.0.0.1'])),
  );
  assert.ok(extra !== undefined && configured !== undefined);
  const issuers = await Promise.all([extra, configured].map(startIssuer));
  const urls = issuers.map(({ issuer }) => issuer);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script, configured.caFile, ...urls],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: extra.caFile }, timeout: 60_000 },
  );
  assert.deepEqual(stdout.trim().split('\n'), urls);
});

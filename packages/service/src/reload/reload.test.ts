/** A reload applies a whole configuration; a refused reload changes nothing. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stateDirectory } from '@atesto/store/testing';
import { collateralToJson } from '@atesto/testing/sgx';
import { bearer, identity } from '../__fixtures__/callers.ts';
import { collateral, platform, quoteOf, refusalOf } from '../__fixtures__/enclave.ts';
import { watchedLog } from '../__fixtures__/log.ts';
import { serve } from '../__fixtures__/service.ts';
import type { ServiceSettings } from '../config/schema.ts';

const quote = quoteOf();

async function startWithoutRights() {
  const settings: ServiceSettings = {
    environment: 'development',
    stateDirectory: stateDirectory(),
    listen: { port: 0 },
    signing: { algorithm: 'ES256' },
    provider: { trustAnchors: [platform.rootFingerprint] },
  };
  const log = watchedLog();
  const service = await serve(settings, { log });
  const reader = await bearer('someone', 'default-readers');
  const readPolicy = async (): Promise<number> =>
    (await service.call('/policies/SgxEnclave?api-version=2020-10-01', { headers: reader })).status;
  return { settings, log, service, readPolicy };
}

test('a reload applies issuers, roles, sources of endorsements and the log level', async () => {
  const { settings, log, service, readPolicy } = await startWithoutRights();
  assert.equal(await readPolicy(), 401);
  assert.deepEqual(refusalOf(await service.attest('SgxEnclave', { quote }))[2], 'endorsements-unavailable');
  const bundle = join(stateDirectory(), 'collateral.json');
  writeFileSync(bundle, JSON.stringify(collateralToJson(collateral)));
  const wanted: ServiceSettings = {
    ...settings,
    identity,
    endorsements: { intel: { bundle } },
    log: { level: 'error' },
  };
  assert.equal(await service.reload(() => wanted), true);
  const lines = log.lines.length;
  assert.equal(await readPolicy(), 200);
  assert.equal((await service.attest('SgxEnclave', { quote })).status, 200);
  assert.deepEqual(log.lines.slice(lines), []);
});

test('a reload applies admission limits', async () => {
  const { settings, service } = await startWithoutRights();
  const call = async (): Promise<number> => (await service.attest('SgxEnclave', {})).status;
  assert.deepEqual([await call(), await call(), await call()], [400, 400, 400]);
  const wanted: ServiceSettings = {
    ...settings,
    admission: { refusalDelayMs: 0, address: { requestsPerSecond: 0.001, requestBurst: 1 } },
  };
  assert.equal(await service.reload(() => wanted), true);
  // What was used of the old budget may be waited for first.
  while ((await call()) !== 400);
  assert.equal(await call(), 429);
});

test('a reload that changes fixed settings is refused, names each of them, and changes nothing', async () => {
  const { settings, log, service, readPolicy } = await startWithoutRights();
  const wanted: ServiceSettings = { ...settings, identity, listen: { port: 1 }, signing: { algorithm: 'ES384' } };
  assert.equal(await service.reload(() => wanted), false);
  assert.deepEqual(
    log.lines.filter(({ event }) => event === 'reload').map(({ level, code, where }) => [level, code, where]),
    [
      [50, 'setting-fixed', 'listen.port'],
      [50, 'setting-fixed', 'signing.algorithm'],
    ],
  );
  assert.equal(await readPolicy(), 401);
});

test('a reload of an invalid configuration, or one that names unusable files, is refused and changes nothing', async () => {
  const { settings, log, service, readPolicy } = await startWithoutRights();
  const notATable = join(stateDirectory(), 'ca.pem');
  writeFileSync(notATable, 'no certificate');
  const cases: [ServiceSettings, string][] = [
    [{ ...settings, identity, limits: { maxConnections: 0 } }, 'limits.maxConnections'],
    [
      { ...settings, identity, tls: { certificateFile: notATable, keyFile: notATable } },
      'tls.certificateFile, tls.keyFile',
    ],
    [
      { ...settings, identity, endorsements: { intel: { url: 'https://pccs.invalid', caFile: notATable } } },
      'endorsements.intel.caFile',
    ],
  ];
  for (const [wanted, where] of cases) {
    const before = log.lines.length;
    assert.equal(await service.reload(() => wanted), false, where);
    assert.deepEqual(
      log.lines.slice(before).map(({ event, level, where: place }) => [event, level, place]),
      [['reload', 50, where]],
    );
  }
  assert.equal(await readPolicy(), 401);
});

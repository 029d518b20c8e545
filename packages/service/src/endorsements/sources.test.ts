/** The sources of the settings are opened with their files, refreshed by the clock, and closed. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { neededByPckCertificate } from '@atesto/evidence/advanced';
import { stateDirectory } from '@atesto/store/testing';
import Fastify from 'fastify';
import { collateral, platform } from '../__fixtures__/enclave.ts';
import { endorsementCaFile, servePcs } from '../__fixtures__/endorsement-service.ts';
import { parseConfig } from '../config/load.ts';
import { ConfigRefused } from '../config/problem.ts';
import { configSchema, type ServiceSettings } from '../config/schema.ts';
import { Health } from '../health/health.ts';
import { configuredSources } from './sources.ts';

const url = 'https://127.0.0.1:1';

function open(endorsements: ServiceSettings['endorsements'], clock: () => Date = () => new Date()) {
  const config = parseConfig({
    environment: 'development',
    stateDirectory: stateDirectory(),
    provider: { trustAnchors: [platform.rootFingerprint] },
    endorsements,
  });
  return configuredSources(config, { clock }, Fastify().log, new Health(Fastify().log, clock));
}

function fileOf(text: string): string {
  const path = join(stateDirectory(), 'file');
  writeFileSync(path, text);
  return path;
}

test('the settings that the manual shows are settings', () => {
  const manual = readFileSync(join(import.meta.dirname, '../../../../docs/endorsements.md'), 'utf8');
  const shown = [...manual.matchAll(/```json\n([^`]+)```/g)].map(([, text = '']): unknown => JSON.parse(text));
  assert.equal(shown.length, 3);
  for (const settings of shown) assert.equal(configSchema.safeParse(settings).success, true, JSON.stringify(settings));
});

describe('a file of the settings', () => {
  const empty = fileOf('\n');
  const noCertificate = fileOf('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  for (const [where, endorsements] of [
    ['endorsements.intel.caFile', { intel: { url, caFile: noCertificate } }],
    ['endorsements.amd.caFile', { amd: { url, caFile: noCertificate } }],
    ['endorsements.intel.subscriptionKeyFile', { intel: { url, subscriptionKeyFile: empty } }],
  ] as const) {
    test(`${where} is refused when it does not hold what it must`, () => {
      assert.throws(
        () => open(endorsements),
        (error) => {
          assert.ok(error instanceof ConfigRefused);
          assert.deepEqual(
            error.problems.map((problem) => [problem.where, problem.code]),
            [[where, 'setting-file-unreadable']],
          );
          return true;
        },
      );
    });
  }
});

test('a CA without an address is refused, and a file that is not there', () => {
  for (const [endorsements, where, code] of [
    [{ amd: { caFile: endorsementCaFile } }, 'endorsements.amd.url', 'setting-missing'],
    [{ intel: { caFile: endorsementCaFile } }, 'endorsements.intel.url', 'setting-missing'],
    [{ amd: { mirror: '/nonexistent' } }, 'endorsements.amd.mirror', 'setting-file-unreadable'],
    [{ amd: { bundle: '/nonexistent' } }, 'endorsements.amd.bundle', 'setting-file-unreadable'],
  ] as const) {
    assert.throws(
      () => open(endorsements),
      (error) =>
        error instanceof ConfigRefused && error.problems.some((one) => one.where === where && one.code === code),
    );
  }
});

test('what falls due is fetched anew by the clock, without a call', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { promise: askedAgain, resolve } = Promise.withResolvers<void>();
  let asked = 0;
  const pcs = await servePcs({
    collateral: () => {
      asked += 1;
      if (asked === 8) resolve();
      return collateral;
    },
  });
  let now = new Date();
  const sources = open({ intel: { url: pcs.url, caFile: endorsementCaFile } }, () => now);
  const needed = neededByPckCertificate('sgx', platform.certificates.pck);
  assert.ok(needed.ok);
  assert.equal((await sources.intel.get(needed.value, { at: now })).ok, true);
  assert.equal(asked, 4);
  t.mock.timers.tick(600_000);
  now = new Date(now.getTime() + 2 * 86_400_000);
  t.mock.timers.tick(600_000);
  await askedAgain;
  await sources.close();
  t.mock.timers.tick(600_000);
  assert.equal(asked, 8);
});

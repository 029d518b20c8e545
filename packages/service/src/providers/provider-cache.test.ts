/** Providers that are opened while the store changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused } from '@atesto/core';
import type { Store } from '@atesto/store';
import { draft, openTestStore, origin, value } from '@atesto/store/testing';
import Fastify from 'fastify';
import { parseConfig } from '../config/load.ts';
import { configuredSources } from '../endorsements/sources.ts';
import { Health } from '../health/health.ts';
import type { OpenKeys } from '../keys/open-keys.ts';
import { PolicyWorkers } from '../policy-workers/policy-workers.ts';
import { sharedParts } from './open-provider.ts';
import { policyOfText } from './policy-of-text.ts';
import { ProviderCache } from './provider-cache.ts';

const config = parseConfig({ environment: 'development' });
const { log } = Fastify({ logger: false });
const clock = () => new Date();
const sources = configuredSources(config, { clock }, log, new Health(log, clock));
const accessTokens = { issuers: [], managementAudiences: [], clockSkewSeconds: 0 };
const policyWorkers = new PolicyWorkers(config.limits.policyWorkers, log);
const permit = 'version= 1.0;authorizationrules{=> permit();};';
const policy = { content: permit, digest: '', signer: null };

/** Keys that nothing is signed with. */
function noKeys(onStop: () => void = () => {}): OpenKeys {
  const none = async () => false;
  return {
    keys: {
      current: () => assert.fail(),
      published: () => [],
      list: () => [],
      rotate: none,
      importKey: async () => ({ ok: true, value: false }),
      withdraw: none,
    },
    stop: onStop,
  };
}

function openDirectory(store: Store, openKeys: () => Promise<OpenKeys>): Promise<ProviderCache> {
  return ProviderCache.open({
    store,
    leaseMs: 60_000,
    uriOf: (name) => `https://attest.test/providers/${name}`,
    shared: sharedParts(config, { accessTokens, sources, policyWorkers }),
    openKeys,
    defaultPolicies: () => new Map([['SgxEnclave', policyOfText(permit, 'SgxEnclave')]]),
    verifyStoredPolicy: () => ({ ok: true, value: { text: permit } }),
    log,
  });
}

test('opens a provider whose keys are made, and whose policy is set, while it is opened', {
  timeout: 30_000,
}, async () => {
  const store = await openTestStore();
  const { id } = value(await store.providers.create(draft(), origin()));
  const directory = await openDirectory(store, async () => {
    value(await store.policies.set(id, 'SgxEnclave', policy, origin()));
    return noKeys();
  });
  const provider = (await directory.byName('contoso')) ?? assert.fail();
  assert.equal(provider.policyOf('SgxEnclave')?.version, 1);
  value(await store.policies.set(id, 'SgxEnclave', policy, origin()));
  assert.equal(provider.policyOf('SgxEnclave')?.version, 2);
  await directory.close();
  await store.close();
});

test('serves nothing of a provider that is deleted while it is opened', { timeout: 30_000 }, async () => {
  const store = await openTestStore();
  const { id } = value(await store.providers.create(draft(), origin()));
  let stopped = 0;
  const directory = await openDirectory(store, async () => {
    value(await store.providers.delete(id, origin()));
    return noKeys(() => {
      stopped += 1;
    });
  });
  const provider = (await directory.byName('contoso')) ?? assert.fail();
  assert.throws(
    () => provider.policyOf('SgxEnclave'),
    (error) => error instanceof Refused && error.refusal.code === 'provider-unknown',
  );
  assert.equal(stopped, 1);
  assert.equal(await directory.byName('contoso'), undefined);
  await store.close();
});

test('tries again to open a provider whose keys could not be opened', async () => {
  const store = await openTestStore();
  value(await store.providers.create(draft(), origin()));
  let attempts = 0;
  const directory = await openDirectory(store, async () => {
    attempts += 1;
    if (attempts === 1) throw new Error('no keys');
    return noKeys();
  });
  await assert.rejects(directory.byName('contoso'), /no keys/);
  assert.equal((await directory.byName('CONTOSO'))?.name, 'contoso');
  await store.close();
});

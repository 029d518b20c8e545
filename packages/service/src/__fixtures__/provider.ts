/** A provider of tests that do not go over HTTP: with the settings of development, and without keys. */
import assert from 'node:assert/strict';
import { after } from 'node:test';
import Fastify from 'fastify';
import { parseConfig } from '../config/load.ts';
import { configuredSources } from '../endorsements/sources.ts';
import { Health } from '../health/health.ts';
import { sharedParts } from '../providers/open-provider.ts';
import type { Provider } from '../providers/provider.ts';

const config = parseConfig({ environment: 'development' });
const { log } = Fastify({ logger: false });
const clock = (): Date => new Date();
const sources = configuredSources(config, { clock }, log, new Health(log, clock));
after(() => sources.close());

/** A provider with these parts in place of the usual ones; nothing may be asked of the parts that are left out. */
export function testProvider(parts: Partial<Provider>): Provider {
  const accessTokens = { issuers: [], managementAudiences: [], clockSkewSeconds: 0 };
  const policyWorkers = { evaluateDraft: () => assert.fail(), explain: () => assert.fail() };
  return {
    ...sharedParts(config, { accessTokens, sources, policyWorkers }),
    id: 'test',
    name: 'test',
    trustModel: 'AAD',
    createdAtMs: 0,
    uri: 'https://attest.test',
    keys: {
      current: () => assert.fail(),
      published: () => [],
      list: () => [],
      rotate: async () => false,
      importKey: async () => ({ ok: true, value: false }),
      withdraw: async () => false,
    },
    policyOf: () => undefined,
    ...parts,
  };
}

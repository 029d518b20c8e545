/** Opens the sources of endorsements that the settings describe, keeps their caches ahead of what falls due, and closes them. */
import { join } from 'node:path';
import {
  createFallbackSource,
  createVerifiedIntelSource,
  createVerifiedSnpSource,
  type IntelEndorsementSource,
  RevocationListStore,
  type SnpEndorsementSource,
  type VerifiedIntelSource,
  type VerifiedSnpSource,
} from '@atesto/endorsements';
import { amdRoots, intelRoots } from '@atesto/evidence/advanced';
import type { FastifyBaseLogger } from 'fastify';
import type { ServiceConfig } from '../config/schema.ts';
import type { Health } from '../health/health.ts';
import { trustAnchorsOf } from '../providers/trust-anchors.ts';
import { amdSources } from './amd-sources.ts';
import { EndorsementHealth } from './health.ts';
import { intelSources } from './intel-sources.ts';
import { reportBrokenTo, reportTo } from './report.ts';
import type { SourceUpkeep } from './source-chain.ts';

/** The sources of all vendors: what they give is verified, under the vendors' roots and those of the settings, and judged for its freshness. */
export interface EndorsementSources {
  readonly intel: VerifiedIntelSource;
  readonly amd: VerifiedSnpSource;
}

/** Open sources. */
export interface OpenEndorsementSources extends EndorsementSources {
  /** Reads the files of the settings for the first time, so that the log tells of those that cannot be used. */
  warmUp(): Promise<void>;
  /** Ends the refreshes and the connections. */
  close(): Promise<void>;
}

/** What a program may put in place of the configured sources, and of the system's clock. */
export interface SourceOverrides {
  readonly intelEndorsements?: IntelEndorsementSource | undefined;
  readonly amdEndorsements?: SnpEndorsementSource | undefined;
  readonly clock: () => Date;
}

/** How often the caches are asked to refresh what falls due. */
const refreshMs = 600_000;

/** Opens the configured sources. Throws `ConfigRefused` for a file of the settings. */
export function configuredSources(
  config: ServiceConfig,
  { intelEndorsements, amdEndorsements, clock }: SourceOverrides,
  log: FastifyBaseLogger,
  health: Pick<Health, 'dependency'>,
): OpenEndorsementSources {
  const cache = { directory: join(config.stateDirectory, 'endorsements'), clock, report: reportTo(log, clock) };
  const listStore = new RevocationListStore(cache);
  const settings = {
    cache,
    listStore,
    reportBroken: reportBrokenTo(log),
  };
  const healthOf = (vendor: 'intel' | 'amd'): EndorsementHealth =>
    new EndorsementHealth(health.dependency(`${vendor}-endorsements`, { isRequired: false }), {
      setting: `endorsements.${vendor}`,
      clock,
    });
  const { trustAnchors } = config.provider;
  const under = {
    intel: {
      trustAnchors: trustAnchorsOf(intelRoots, trustAnchors),
      graceSeconds: config.endorsements.intel.staleGraceSeconds,
    },
    amd: {
      trustAnchors: trustAnchorsOf(amdRoots, trustAnchors),
      graceSeconds: config.endorsements.amd.staleGraceSeconds,
    },
  };
  const [intelHealth, amdHealth] = [healthOf('intel'), healthOf('amd')];
  const none = { sources: [], upkeep: [], warmUp: async () => {} };
  const intel = intelEndorsements === undefined ? intelSources(config, { ...settings, health: intelHealth }) : none;
  const amd = amdEndorsements === undefined ? amdSources(config, { ...settings, health: amdHealth }) : none;
  const upkeep: readonly SourceUpkeep[] = [...intel.upkeep, ...amd.upkeep];
  const timer = setInterval(() => {
    for (const { refreshDue } of upkeep) void refreshDue();
  }, refreshMs).unref();
  const close = async (): Promise<void> => {
    clearInterval(timer);
    await Promise.all(upkeep.map((one) => one.close()));
    await listStore.close();
  };
  return {
    intel:
      intelEndorsements === undefined
        ? intelHealth.ofAnswers(createVerifiedIntelSource(createFallbackSource(intel.sources), under.intel))
        : createVerifiedIntelSource(intelEndorsements, under.intel),
    amd:
      amdEndorsements === undefined
        ? amdHealth.ofAnswers(createVerifiedSnpSource(createFallbackSource(amd.sources), under.amd))
        : createVerifiedSnpSource(amdEndorsements, under.amd),
    warmUp: async () => {
      await Promise.all([intel.warmUp(), amd.warmUp()]);
    },
    close,
  };
}

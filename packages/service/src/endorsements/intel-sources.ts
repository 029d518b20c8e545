/** Opens the sources of Intel's endorsements that the settings describe: the bundle first, then the service behind a cache. */
import type { Refusal } from '@atesto/core';
import {
  createBundleSource,
  createCachedSource,
  createPcsSource,
  type IntelEndorsementSource,
} from '@atesto/endorsements';
import { intelRoots } from '@atesto/evidence/advanced';
import type { ServiceConfig } from '../config/schema.ts';
import { trustAnchorsOf } from '../providers/trust-anchors.ts';
import { certificatesIn, keyIn } from './setting-files.ts';
import type { SourceChain, SourceSettings } from './source-chain.ts';

type Config = Pick<ServiceConfig, 'endorsements' | 'provider'>;

/** The sources. Throws `ConfigRefused` for a file of the settings. */
export function intelSources(config: Config, settings: SourceSettings): SourceChain<IntelEndorsementSource> {
  const { bundle: path, url } = config.endorsements.intel;
  const reportBroken = (refusal: Refusal): void => settings.reportBroken('endorsements.intel.bundle', refusal);
  const { listStore } = settings;
  const trustAnchors = trustAnchorsOf(intelRoots, config.provider.trustAnchors);
  const bundle = path === undefined ? [] : [createBundleSource({ path, trustAnchors, listStore, reportBroken })];
  const warmUp = async (): Promise<void> => bundle[0]?.warmUp();
  if (url === undefined) return { sources: bundle, upkeep: [], warmUp };
  const { source, ...upkeep } = serviceBehindCache(url, config, settings);
  return { sources: [...bundle, source], upkeep: [upkeep], warmUp };
}

function serviceBehindCache(
  url: string,
  { endorsements: { intel }, provider }: Config,
  { cache, listStore, health }: SourceSettings,
) {
  const { service: dialect, caFile, subscriptionKeyFile, tcbUpdateType, staleGraceSeconds } = intel;
  const trustAnchors = trustAnchorsOf(intelRoots, provider.trustAnchors);
  const service = createPcsSource({
    baseUrl: url,
    dialect,
    trustAnchors,
    listStore,
    ...(tcbUpdateType === undefined ? {} : { tcbUpdateType }),
    ...(caFile === undefined ? {} : { ca: certificatesIn('endorsements.intel.caFile', caFile) }),
    ...(subscriptionKeyFile === undefined
      ? {}
      : { apiKey: keyIn('endorsements.intel.subscriptionKeyFile', subscriptionKeyFile) }),
  });
  const source = createCachedSource(health.ofService(service), {
    ...cache,
    trustAnchors,
    listStore,
    staleGraceSeconds,
  });
  const close = async (): Promise<void> => {
    await service.close();
    await source.close();
  };
  return { source, refreshDue: () => source.refreshDue(), close };
}

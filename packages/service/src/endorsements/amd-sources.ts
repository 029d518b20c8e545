/** Opens the sources of AMD's endorsements that the settings describe: the bundle first, then the mirror, then the service behind a cache. */
import type { Refusal } from '@atesto/core';
import {
  createKdsDirectorySource,
  createKdsSource,
  createSnpBundleSource,
  createSnpCachedSource,
  type SnpEndorsementSource,
} from '@atesto/endorsements';
import { amdRoots } from '@atesto/evidence/advanced';
import type { ServiceConfig } from '../config/schema.ts';
import { trustAnchorsOf } from '../providers/trust-anchors.ts';
import { certificatesIn } from './setting-files.ts';
import type { SourceChain, SourceSettings } from './source-chain.ts';

type Config = Pick<ServiceConfig, 'endorsements' | 'provider'>;

/** The sources. Throws `ConfigRefused` for a file of the settings. */
export function amdSources(config: Config, settings: SourceSettings): SourceChain<SnpEndorsementSource> {
  const { bundle: path, mirror: directory, url, caFile, revocationList, staleGraceSeconds } = config.endorsements.amd;
  const trustAnchors = trustAnchorsOf(amdRoots, config.provider.trustAnchors);
  const { listStore } = settings;
  const under = { trustAnchors, listStore };
  const reportBroken = (refusal: Refusal): void => settings.reportBroken('endorsements.amd.bundle', refusal);
  const bundle = path === undefined ? [] : [createSnpBundleSource({ path, ...under, reportBroken })];
  const warmUp = async (): Promise<void> => bundle[0]?.warmUp();
  const mirrors = directory === undefined ? [] : [createKdsDirectorySource({ directory, ...under })];
  const files = [...bundle, ...mirrors];
  // To do without a list is for sites where none can be had: a bundle without one must not keep it from being asked for.
  if (url === undefined) {
    const isLenient = path !== undefined && revocationList !== 'required';
    const lenient = isLenient ? [createSnpBundleSource({ path, revocationList, ...under })] : [];
    return { sources: [...files, ...lenient.map((source) => withListOf(mirrors, source))], upkeep: [], warmUp };
  }
  const ca = caFile === undefined ? {} : { ca: certificatesIn('endorsements.amd.caFile', caFile) };
  const service = createKdsSource({ baseUrl: url, ...under, ...ca });
  const source = createSnpCachedSource(settings.health.ofService(service), {
    ...settings.cache,
    ...under,
    staleGraceSeconds,
  });
  const close = async (): Promise<void> => {
    await service.close();
    await source.close();
  };
  return { sources: [...files, source], upkeep: [{ refreshDue: () => source.refreshDue(), close }], warmUp };
}

/** A source that may do without a list; for what it then gives, the others are asked for theirs. */
function withListOf(others: readonly SnpEndorsementSource[], source: SnpEndorsementSource): SnpEndorsementSource {
  const get: SnpEndorsementSource['get'] = async (request, options) => {
    const given = await source.get(request, options);
    if (!given.ok || given.value.collateral.revocationList !== 'unchecked') return given;
    const { certificate, authorityChain } = given.value.collateral;
    const { signingKey, product } = request;
    for (const other of others) {
      const listed = await other.get({ signingKey, product, certificate, authorityChain }, options);
      // One that has a list and cannot give it is not the same as one without.
      if (listed.ok || listed.refusal.code !== 'bundle-no-match') return listed;
    }
    return given;
  };
  return { ...source, get };
}

/**
 * Gets the hardware vendors' endorsements from files and services, verifies and caches them.
 *
 * @module endorsements
 */
export { type ConfigurationCode, ConfigurationError, type Outcome, type Refusal, unwrap } from '@atesto/core';
export { createSnpBundleSource, type SnpBundleSource, type SnpBundleSourceOptions } from './amd/bundle-source.ts';
export { createSnpCachedSource, type SnpCacheOptions } from './amd/cached-source.ts';
export { createKdsDirectorySource, createKdsSource, type KdsSource, type KdsSourceOptions } from './amd/kds-source.ts';
export {
  type SnpEndorsementRequest,
  type SnpEndorsementSource,
  type SuppliedCertificateRequest,
  snpRequestFor,
  type VcekRequest,
} from './amd/request.ts';
export { snpEndorsementsWithLists } from './amd/revocable.ts';
export { type CachedSource, type CacheOptions, cacheEndorsements } from './cache/cached-source.ts';
export type { CacheEvent } from './cache/events.ts';
export type { EndorsementKind, Verification } from './cache/kind.ts';
export { type EndorsementCode, type EndorsementFault, endorsementCodes, endorsementFault } from './codes.ts';
export { createFallbackSource } from './fallback.ts';
export { type Freshness, freshnessAt, isUsable } from './freshness.ts';
export { type BundleSourceOptions, createBundleSource, type IntelBundleSource } from './intel/bundle-source.ts';
export { createCachedSource, type IntelCacheOptions } from './intel/cached-source.ts';
export {
  type IntelEndorsementRequest,
  type IntelEndorsementSource,
  intelRequestFor,
  type PckCertificateAddress,
  type PckCertificateRequest,
} from './intel/request.ts';
export type { PcsDialect } from './pcs/paths.ts';
export { createPcsSource, type PcsSource, type PcsSourceOptions } from './pcs/source.ts';
export { RevocationListStore, type RevocationListStoreOptions } from './revocation/list-store.ts';
export type { Endorsed, EndorsementOptions, EndorsementResult, EndorsementSource } from './source.ts';
export {
  createVerifiedIntelSource,
  createVerifiedSnpSource,
  type VerifiedIntelSource,
  type VerifiedSnpSource,
  type VerifiedSourceOptions,
} from './verified-source.ts';

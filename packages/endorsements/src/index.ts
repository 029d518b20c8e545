export { type EndorsementCode, type EndorsementFault, endorsementCodes, endorsementFault } from './codes.ts';
export { createFallbackSource } from './fallback.ts';
export { parseIntelCollateralBundle, writeIntelCollateralBundle } from './intel/bundle.ts';
export { type BundleSourceOptions, createBundleSource } from './intel/bundle-source.ts';
export {
  type IntelEndorsementRequest,
  type IntelEndorsementSource,
  intelRequestFor,
  type PckCertificateAddress,
  type PckCertificateRequest,
} from './intel/request.ts';
export type { EndorsementRefusal } from './refusal.ts';
export type { EndorsementOptions, EndorsementResult, EndorsementSource, Freshness } from './source.ts';

export { parseIntelCollateralBundle } from './bundle.ts';
export { createBundleSource, createFallbackSource } from './bundle-source.ts';
export { type EndorsementCode, endorsementCodes } from './codes.ts';
export type { IntelEndorsementResult, IntelEndorsementSource } from './source.ts';

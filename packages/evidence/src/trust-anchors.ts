/** Under which roots endorsements are verified: the vendor's pinned ones, or those that the caller names. */
import { ConfigurationError, checkOptions } from '@atesto/core';
import type { TrustAnchor } from './roots.ts';

/** Options of verifying endorsements. */
export interface VerificationOptions {
  /** Roots to trust. Default: the vendor's pinned roots. */
  readonly trustAnchors?: readonly TrustAnchor[];
}

function isTrustAnchor(anchor: Partial<TrustAnchor> | null | undefined): boolean {
  const { name, spkiSha256, development } = anchor ?? {};
  return (
    typeof name === 'string' &&
    typeof spkiSha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(spkiSha256) &&
    typeof development === 'boolean'
  );
}

/** Throws `ConfigurationError` for what is no list of roots: one that does not say whether it is for development would pass for a vendor's. */
export function checkTrustAnchors(anchors: readonly TrustAnchor[] | undefined, option: string): void {
  if (anchors === undefined) return;
  if (!Array.isArray(anchors) || !anchors.every(isTrustAnchor)) {
    const expected = 'roots, each with name, spkiSha256 in 64 lower-case hex digits, and development true or false';
    throw new ConfigurationError(option, expected);
  }
}

/** Throws `ConfigurationError` for other options than {@link VerificationOptions}. */
export function checkVerificationOptions(options: VerificationOptions): void {
  checkOptions(options, { trustAnchors: true }, 'options');
  checkTrustAnchors(options.trustAnchors, 'options.trustAnchors');
}

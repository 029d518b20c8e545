/** Where Intel's endorsements come from: what every source answers. */
import type { IntelCollateral, IntelEndorsementsNeeded, Refusal } from '@atesto/evidence';

/** Collateral for the platform that was asked about, or why there is none. It has not been verified. */
export type IntelEndorsementResult =
  | { readonly ok: true; readonly collateral: IntelCollateral }
  | { readonly ok: false; readonly refusal: Refusal };

/** A source. The same object stands for the same bytes, so that callers verify it once. */
export interface IntelEndorsementSource {
  get(
    needed: IntelEndorsementsNeeded,
    options: { readonly at: Date; readonly signal?: AbortSignal },
  ): Promise<IntelEndorsementResult>;
}

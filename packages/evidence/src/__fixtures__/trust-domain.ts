/** A simulated trust domain for tests in which exactly one thing is wrong. */

import type { CollateralOverrides } from '@atesto/testing/sgx';
import type { TdxQuoteOptions } from '@atesto/testing/tdx';
import type { IntelAppraisalOptions, TdxAppraisal } from '../advanced.ts';
import { type Anchored, appraiseTdxBytes, type TdxBytesOutcome } from './appraise-bytes.ts';
import { anchorOf, at, makePlatform } from './intel-platform.ts';

/** The machine of the domains. Its module is TDX_01 of SVN 5, its microcode 6. */
export const platform = await makePlatform();

/** Faultless collateral for them. */
export const collateral = await platform.collateral({ tee: 'tdx' });

/** Appraises a quote under collateral that is wrong in one way, or faultless. */
export async function appraiseDomain(
  quote: TdxQuoteOptions | Uint8Array,
  overrides: CollateralOverrides = {},
  options: Partial<IntelAppraisalOptions & Anchored> = {},
): Promise<TdxBytesOutcome> {
  const bytes = quote instanceof Uint8Array ? quote : platform.tdxQuote(quote);
  const under =
    Object.keys(overrides).length === 0 ? collateral : await platform.collateral({ tee: 'tdx', ...overrides });
  return appraiseTdxBytes(bytes, under, { at, trustAnchors: [anchorOf(platform)], ...options });
}

/** The appraisal; fails the test when there is none. */
export function acceptedDomain(outcome: TdxBytesOutcome): TdxAppraisal {
  if (!outcome.ok) throw new Error(`${outcome.refusal.code} at ${outcome.refusal.where}: ${outcome.refusal.why}`);
  return outcome.value;
}

/** The code, or `accepted`. */
export const codeOfTdx = (outcome: TdxBytesOutcome): string => (outcome.ok ? 'accepted' : outcome.refusal.code);

/** TEE TCB SVNs: those given, then zeros. */
export const svns = (...first: readonly number[]): Buffer => Buffer.concat([Buffer.of(...first)], 16);

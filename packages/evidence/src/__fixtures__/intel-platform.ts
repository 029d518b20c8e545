/** A simulated platform for tests in which exactly one thing is wrong. */

import { X509Certificate } from 'node:crypto';
import { createSimulatedPlatform, type PlatformOptions, type SimulatedPlatform } from '@atesto/testing/sgx';
import type { IntelAppraisalOptions, IntelCollateral, SgxAppraisal, TrustAnchor } from '../advanced.ts';
import { type Anchored, appraiseSgxBytes, type SgxBytesOutcome } from './appraise-bytes.ts';

/** The moment around which everything is valid. */
export const at = new Date('2026-03-01T12:00:00Z');

/** A platform at that moment. */
export const makePlatform = (options: Partial<PlatformOptions> = {}): Promise<SimulatedPlatform> =>
  createSimulatedPlatform({ at, ...options });

/** The simulated root as a trust anchor. */
export function anchorOf(platform: SimulatedPlatform): TrustAnchor {
  return { name: 'simulated root', spkiSha256: platform.rootFingerprint, development: true };
}

/** Appraises under the platform's own root. */
export function appraise(
  platform: SimulatedPlatform,
  quote: Uint8Array,
  collateral: IntelCollateral,
  options: Partial<IntelAppraisalOptions & Anchored> = {},
): SgxBytesOutcome {
  return appraiseSgxBytes(quote, collateral, { at, trustAnchors: [anchorOf(platform)], ...options });
}

/** The code, or `accepted`. */
export const codeOfSgx = (outcome: SgxBytesOutcome): string => (outcome.ok ? 'accepted' : outcome.refusal.code);

/** The appraisal; fails the test when there is none. */
export function accepted(outcome: SgxBytesOutcome): SgxAppraisal {
  if (!outcome.ok) throw new Error(`${outcome.refusal.code} at ${outcome.refusal.where}: ${outcome.refusal.why}`);
  return outcome.value;
}

/** Serial number of a PEM certificate, hex. */
export const serialOf = (pem: string): string => new X509Certificate(pem).serialNumber.toLowerCase();

/** Days after the moment; negative is before. */
export const days = (count: number): Date => new Date(at.getTime() + count * 24 * 3600 * 1000);

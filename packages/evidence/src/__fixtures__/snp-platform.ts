/** Simulated SEV-SNP platforms, one a product, for tests in which exactly one thing is wrong. */

import type { Outcome } from '@atesto/core';
import {
  createSimulatedSnpPlatform,
  type EndorsementKeyKind,
  generateAmdKeys,
  type SimulatedSnpPlatform,
  type SnpPlatformOptions,
  type SnpReportOptions,
} from '@atesto/testing/sevsnp';
import type { CrlOverrides } from '@atesto/testing/x509';
import type { SnpAppraisal, SnpAppraisalOptions, SnpReport } from '../advanced.ts';
import { type Anchored, appraiseSnpBytes } from './appraise-bytes.ts';
import { outcomeCode } from './refusals.ts';

/** The moment around which everything is valid. */
export const at = new Date('2026-06-01T12:00:00Z');

/** Shared by all platforms: RSA keys are slow to make. */
export const amdKeys = await generateAmdKeys(2048);

/** A platform at that moment. */
export const makePlatform = (options: Partial<SnpPlatformOptions> = {}): Promise<SimulatedSnpPlatform> =>
  createSimulatedSnpPlatform({ at, keys: amdKeys, ...options });

export const milan = await makePlatform();
export const genoa = await makePlatform({ product: 'Genoa' });
export const turin = await makePlatform({ product: 'Turin' });

/** Days after the moment; negative is before. */
export const days = (count: number): Date => new Date(at.getTime() + count * 24 * 3600 * 1000);

/** What may differ from a faultless appraisal. */
export interface SnpCase {
  readonly platform?: SimulatedSnpPlatform;
  /** Default: as the report options say. */
  readonly signingKey?: EndorsementKeyKind;
  readonly report?: SnpReportOptions;
  readonly crl?: CrlOverrides | 'unchecked';
  readonly options?: Partial<SnpAppraisalOptions & Anchored>;
}

/** Appraises a report of a platform under its own root. */
export async function appraiseCase(one: SnpCase = {}): Promise<Outcome<SnpAppraisal>> {
  const { platform = milan, report = {}, signingKey = report.signingKey, crl, options } = one;
  const list = crl === undefined || crl === 'unchecked' ? {} : { crl };
  const endorsements = await platform.endorsements(signingKey, list);
  const revocationList = crl === 'unchecked' ? crl : endorsements.revocationList;
  const trustAnchors = [{ name: 'simulated root', spkiSha256: platform.rootFingerprint, development: true }];
  return appraiseSnpBytes(
    platform.report(report),
    { ...endorsements, revocationList },
    { at, trustAnchors, ...options },
  );
}

/** The code, or `accepted`. */
export const codeOfCase = async (one: SnpCase): Promise<string> => outcomeCode(await appraiseCase(one));

/** The appraisal; fails the test when there is none. */
export async function acceptedCase(one: SnpCase = {}): Promise<SnpAppraisal> {
  const outcome = await appraiseCase(one);
  if (!outcome.ok) throw new Error(`${outcome.refusal.code} at ${outcome.refusal.where}: ${outcome.refusal.why}`);
  return outcome.value;
}

/** The report of an accepted appraisal. */
export const reportOf = async (report: SnpReportOptions = {}): Promise<SnpReport> =>
  (await acceptedCase({ report })).report;

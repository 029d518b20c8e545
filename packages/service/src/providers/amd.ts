/** AMD's endorsements for the reports of one provider: fetched or cached by their source, verified once under the provider's roots. */
import type { Refusal } from '@atesto/core';
import { type SnpEndorsementSource, snpRequestFor } from '@atesto/endorsements';
import {
  amdRoots,
  type SnpEndorsements,
  type SnpLookup,
  type SnpReport,
  snpLookupFor,
  type TrustAnchor,
  type VerifiedSnpEndorsements,
  verifySnpEndorsements,
} from '@atesto/evidence';
import { refuseFor } from '../http/refusal.ts';
import { type EndorsementLook, fetchEndorsements } from './fetch-endorsements.ts';
import { trustAnchorsOf } from './trust-anchors.ts';

/** What an appraisal gets: to be handed to `appraiseSnp`. */
export interface AmdEndorsed {
  readonly endorsements: VerifiedSnpEndorsements;
  /** Whether the operator lets the revocation list serve although it has expired. */
  readonly allowExpiredCollateral: boolean;
}

/** How a provider deals with AMD's endorsements. */
export interface AmdSettings {
  /** Fingerprints of roots that are trusted besides AMD's: SHA-256 of the public key, hex. */
  readonly developmentRoots: readonly string[];
  /** How long an attestation waits for them. */
  readonly timeoutMs: number;
  /** How long past its next update a revocation list still serves. */
  readonly graceSeconds: number;
  /** Whether evidence is taken when no revocation list is at hand; the appraisal then reports `unchecked`. */
  readonly revocationList: 'required' | 'when-there';
}

/** Refusals of a source that has not got what was asked for, and is not merely away. */
const notThere: readonly string[] = ['endorsements-unavailable', 'bundle-no-match', 'bundle-incomplete'];

/** The endorsements of one provider. */
export class AmdEndorsements {
  readonly #source: SnpEndorsementSource;
  readonly #settings: AmdSettings;
  readonly #trustAnchors: readonly TrustAnchor[];
  /** By the object that the source gave: the same object holds the same bytes. */
  readonly #verified = new WeakMap<SnpEndorsements, VerifiedSnpEndorsements>();

  constructor(source: SnpEndorsementSource, settings: AmdSettings) {
    this.#source = source;
    this.#settings = settings;
    this.#trustAnchors = trustAnchorsOf(amdRoots, settings.developmentRoots);
  }

  /**
   * The verified endorsements for a report. Refuses the request with the code of evidence or endorsements.
   * @param suppliedCertificates PEM that came with the report: VCEK or VLEK certificate, then its authorities if any; a report under a VLEK
   * needs it
   */
  async endorse(
    report: SnpReport,
    suppliedCertificates: string | undefined,
    look: EndorsementLook,
  ): Promise<AmdEndorsed> {
    const lookup = snpLookupFor(report, suppliedCertificates);
    if (!lookup.ok) return refuseFor(lookup.refusal);
    const request = snpRequestFor(lookup.value);
    if (!request.ok) return refuseFor(request.refusal);
    const { timeoutMs, graceSeconds } = this.#settings;
    const { value } = await fetchEndorsements('amd', this.#source, request.value, look, timeoutMs, (refusal) =>
      this.#fromEvidence(lookup.value, refusal),
    );
    const endorsements = this.#verify(value);
    const nextUpdate = endorsements.revocationList?.nextUpdate ?? look.at.getTime();
    return { endorsements, allowExpiredCollateral: look.at.getTime() <= nextUpdate + graceSeconds * 1000 };
  }

  /** The authorities that came with the report, where the operator does without a revocation list. */
  #fromEvidence({ supplied }: SnpLookup, { code }: Refusal): SnpEndorsements | undefined {
    if (this.#settings.revocationList === 'required' || !notThere.includes(code)) return undefined;
    if (supplied === undefined || supplied.authorityChain === '') return undefined;
    const { certificate, authorityChain } = supplied;
    return { certificate, authorityChain, revocationList: 'unchecked' };
  }

  #verify(endorsements: SnpEndorsements): VerifiedSnpEndorsements {
    const known = this.#verified.get(endorsements);
    if (known !== undefined) return known;
    const verified = verifySnpEndorsements(endorsements, this.#trustAnchors);
    if (!verified.ok) return refuseFor(verified.refusal);
    this.#verified.set(endorsements, verified.value);
    return verified.value;
  }
}

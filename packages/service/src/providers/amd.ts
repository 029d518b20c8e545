/** Gets AMD's verified endorsements for the reports of a provider. */
import { type Refusal, unwrap } from '@atesto/core';
import { snpRequestFor, type VerifiedSnpSource } from '@atesto/endorsements';
import {
  amdRoots,
  type SnpLookup,
  type SnpReport,
  snpLookupFor,
  type TrustAnchor,
  type VerifiedSnpEndorsements,
  verifySnpEndorsements,
} from '@atesto/evidence/advanced';
import { type EndorsementContext, fetchEndorsements } from './fetch-endorsements.ts';
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
  /** Whether evidence is taken when no revocation list is at hand; the appraisal then reports `unchecked`. */
  readonly revocationList: 'required' | 'when-there';
}

/** Refusals of a source that does not have what was asked for, as opposed to one that cannot be reached. */
const missingCodes: readonly string[] = ['endorsements-unavailable', 'bundle-no-match', 'bundle-incomplete'];

/** The endorsements of one provider. */
export class AmdEndorsements {
  readonly #source: VerifiedSnpSource;
  readonly #settings: AmdSettings;
  readonly #trustAnchors: readonly TrustAnchor[];

  constructor(source: VerifiedSnpSource, settings: AmdSettings) {
    this.#source = source;
    this.#settings = settings;
    this.#trustAnchors = trustAnchorsOf(amdRoots, settings.developmentRoots);
  }

  /**
   * The verified endorsements for a report. Refuses with the code of evidence or endorsements.
   * @param suppliedCertificates PEM that came with the report: VCEK or VLEK certificate, then its authorities if any; a report under a VLEK
   * needs it
   */
  async endorse(
    report: SnpReport,
    suppliedCertificates: string | undefined,
    context: EndorsementContext,
  ): Promise<AmdEndorsed> {
    const lookup = unwrap(snpLookupFor(report, suppliedCertificates));
    const request = unwrap(snpRequestFor(lookup));
    const { timeoutMs } = this.#settings;
    const { value, isUsable } = await fetchEndorsements('amd', this.#source, request, context, timeoutMs, (refusal) =>
      this.#fromEvidence(lookup, refusal),
    );
    return { endorsements: value, allowExpiredCollateral: isUsable };
  }

  /** The authorities that came with the report, where the operator does without a revocation list. */
  #fromEvidence({ supplied }: SnpLookup, { code }: Refusal): VerifiedSnpEndorsements | undefined {
    if (this.#settings.revocationList === 'required' || !missingCodes.includes(code)) return undefined;
    if (supplied === undefined || supplied.authorityChain === '') return undefined;
    const { certificate, authorityChain } = supplied;
    const unchecked = { certificate, authorityChain, revocationList: 'unchecked' } as const;
    return unwrap(verifySnpEndorsements(unchecked, { trustAnchors: this.#trustAnchors }));
  }
}

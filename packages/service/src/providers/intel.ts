/** Gets Intel's verified endorsements for the quotes of a provider. */
import { unwrap } from '@atesto/core';
import { type IntelEndorsementRequest, intelRequestFor, type VerifiedIntelSource } from '@atesto/endorsements';
import {
  intelRoots,
  lookupFor,
  type ParsedQuote,
  type TrustAnchor,
  VerificationCache,
  type VerifiedIntelCollateral,
} from '@atesto/evidence/advanced';
import { type EndorsementContext, fetchEndorsements } from './fetch-endorsements.ts';
import { trustAnchorsOf } from './trust-anchors.ts';

/** What an appraisal gets. */
export interface IntelEndorsed {
  readonly collateral: VerifiedIntelCollateral;
  /** Whether the operator lets the collateral serve although a part of it has expired. */
  readonly allowExpiredCollateral: boolean;
}

/** How a provider deals with Intel's endorsements. */
export interface IntelSettings {
  /** Fingerprints of roots that are trusted besides Intel's: SHA-256 of the public key, hex. */
  readonly developmentRoots: readonly string[];
  /** How long an attestation waits for them. */
  readonly timeoutMs: number;
}

/** Quotes of certification data type 5 repeat the same chain; parsing it again costs more than the signature of the quote. */
const requestBy = {
  name: 'endorsement-request',
  is: (value: unknown): value is IntelEndorsementRequest =>
    typeof value === 'object' && value !== null && 'tee' in value,
};

/** The endorsements of one provider. */
export class IntelEndorsements {
  /** Remembers platforms between appraisals. */
  readonly cache = new VerificationCache();
  readonly #source: VerifiedIntelSource;
  readonly #settings: IntelSettings;
  readonly #trustAnchors: readonly TrustAnchor[];

  constructor(source: VerifiedIntelSource, settings: IntelSettings) {
    this.#source = source;
    this.#settings = settings;
    this.#trustAnchors = trustAnchorsOf(intelRoots, settings.developmentRoots);
  }

  /** The verified collateral for a quote. Refuses with the code of evidence or endorsements; see {@link fetchEndorsements}. */
  async endorse(quote: ParsedQuote, context: EndorsementContext): Promise<IntelEndorsed> {
    const { timeoutMs } = this.#settings;
    const { value, isUsable } = await fetchEndorsements(
      'intel',
      this.#source,
      this.#requestFor(quote),
      context,
      timeoutMs,
    );
    return { collateral: value, allowExpiredCollateral: isUsable };
  }

  #requestFor(quote: ParsedQuote): IntelEndorsementRequest {
    const { certification } = quote;
    if (certification.type !== 5) return this.#read(quote);
    return this.cache.getOrCompute(requestBy, `${quote.teeType} ${certification.chainPem}`, () => this.#read(quote));
  }

  #read(quote: ParsedQuote): IntelEndorsementRequest {
    return unwrap(intelRequestFor(unwrap(lookupFor(quote, this.#trustAnchors))));
  }
}

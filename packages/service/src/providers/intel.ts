/** Intel's endorsements for the quotes of one provider: fetched or cached by their source, verified once under the provider's roots. */
import type { IntelEndorsementSource } from '@atesto/endorsements';
import {
  type IntelCollateral,
  type IntelEndorsementsNeeded,
  intelRoots,
  lookupFor,
  type ParsedQuote,
  type PreparedIntelCollateral,
  prepareIntelCollateral,
  type TrustAnchor,
  VerificationMemo,
} from '@atesto/evidence';
import { refuseFor, refuseRequest } from '../http/refusal.ts';

/** Quotes of certification data type 5 repeat the same chain; parsing it again costs more than the signature of the quote. */
const neededBy = {
  name: 'endorsements-needed',
  is: (value: unknown): value is IntelEndorsementsNeeded =>
    typeof value === 'object' && value !== null && 'fmspc' in value,
};

/** Verifies Intel's collateral for one provider. */
export class IntelEndorsements {
  /** Remembers platforms between appraisals. */
  readonly memo = new VerificationMemo();
  readonly #source: IntelEndorsementSource;
  readonly #trustAnchors: readonly TrustAnchor[];
  /** By the object that the source gave: the same object holds the same bytes. */
  readonly #prepared = new WeakMap<IntelCollateral, PreparedIntelCollateral>();
  readonly #timeoutMs: number;

  /** @param developmentRoots fingerprints of roots that are trusted besides Intel's: SHA-256 of the public key, hex */
  constructor(source: IntelEndorsementSource, developmentRoots: readonly string[], timeoutMs: number) {
    this.#source = source;
    this.#timeoutMs = timeoutMs;
    const development = developmentRoots.map((spkiSha256) => ({
      name: 'development root',
      spkiSha256: spkiSha256.toLowerCase(),
      development: true,
    }));
    this.#trustAnchors = [...intelRoots, ...development];
  }

  /** The verified collateral for a quote. Refuses the request with the code of evidence or endorsements. */
  async endorse(quote: ParsedQuote, at: Date): Promise<PreparedIntelCollateral> {
    const collateral = await this.#fetch(this.#needed(quote), at);
    const known = this.#prepared.get(collateral);
    if (known !== undefined) return known;
    const prepared = prepareIntelCollateral(collateral, { trustAnchors: this.#trustAnchors });
    if (!prepared.ok) return refuseFor(prepared.refusal);
    this.#prepared.set(collateral, prepared.value);
    return prepared.value;
  }

  async #fetch(needed: IntelEndorsementsNeeded, at: Date): Promise<IntelCollateral> {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), this.#timeoutMs);
    try {
      const got = await this.#source.get(needed, { at, signal: patience.signal });
      if (got.ok) return got.collateral;
      return patience.signal.aborted ? refuseLate() : refuseFor(got.refusal, 503, 'ServiceUnavailable');
    } finally {
      clearTimeout(timer);
    }
  }

  #needed(quote: ParsedQuote): IntelEndorsementsNeeded {
    const { certification } = quote;
    const key = certification.type === 5 ? `${quote.teeType} ${certification.chainPem}` : undefined;
    return key === undefined ? neededFor(quote) : this.memo.remember(neededBy, key, () => neededFor(quote));
  }
}

function neededFor(quote: ParsedQuote): IntelEndorsementsNeeded {
  const lookup = lookupFor(quote);
  if (!lookup.ok) return refuseFor(lookup.refusal);
  if (lookup.value.kind === 'collateral') return lookup.value.needed;
  const why = 'it names its platform only; send a quote that carries its PCK certificate (certification data type 5)';
  return refuseRequest('pck-certificate-absent', 'quote certification data', why);
}

function refuseLate(): never {
  return refuseRequest('endorsements-timeout', 'endorsements', 'the endorsements did not arrive in time; try again');
}

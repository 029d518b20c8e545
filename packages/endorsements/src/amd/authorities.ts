/**
 * AMD's chain and revocation list above a kind of key, fetched once for all chips: who sends certificates or chip ids of his own making must not
 * make the service ask AMD for them each time.
 */
import { leafFirst, type TrustAnchor } from '@atesto/evidence/advanced';
import type { Timing } from '@atesto/http-client';
import { isRefusal } from '../refusal.ts';
import type { KdsDocuments } from './documents.ts';
import { authorityPath, type SnpEndorsementRequest } from './request.ts';
import { verifyAuthoritiesFor } from './verify.ts';

/** Chain and list, verified under a trusted root. */
export interface SnpAuthorities {
  /** PEM. */
  readonly authorityChain: string;
  /** DER. */
  readonly revocationList: Uint8Array;
  /** DER: more of them where there is more than one. */
  readonly furtherRevocationLists: readonly Uint8Array[];
  readonly fetchedAt: Date;
}

/** How long, and under which roots. */
export interface AuthorityMemoryOptions {
  /** Default: AMD's. */
  readonly trustAnchors: readonly TrustAnchor[] | undefined;
  readonly authorityMemorySeconds: number;
  readonly timing: Timing;
}

/** Fetches and remembers. */
export class AuthorityMemory {
  readonly #documents: KdsDocuments;
  readonly #options: AuthorityMemoryOptions;
  /** By product and kind of key: a handful. */
  readonly #known = new Map<string, SnpAuthorities>();

  constructor(documents: KdsDocuments, options: AuthorityMemoryOptions) {
    this.#documents = documents;
    this.#options = options;
  }

  /** Refuses by throwing within this package. */
  async get(request: SnpEndorsementRequest, signal: AbortSignal | undefined): Promise<SnpAuthorities> {
    const { trustAnchors, authorityMemorySeconds, timing } = this.#options;
    const key = `${request.product} ${request.signingKey}`;
    const known = this.#known.get(key);
    const now = timing.clock();
    if (known !== undefined && Math.abs(now.getTime() - known.fetchedAt.getTime()) < authorityMemorySeconds * 1000) {
      return known;
    }
    const [authorityChain, [revocationList, ...furtherRevocationLists]] = await Promise.all([
      this.#chain(request, signal),
      this.#documents.all(authorityPath(request, 'crl'), signal),
    ]);
    const above = { authorityChain, revocationList };
    verifyAuthoritiesFor(request, above, this.#documents.name, trustAnchors);
    const authorities = { ...above, furtherRevocationLists, fetchedAt: timing.clock() };
    this.#known.set(key, authorities);
    return authorities;
  }

  /** PEM. Files may hold the list alone: it then serves for the authorities that came with the evidence. */
  async #chain(request: SnpEndorsementRequest, signal: AbortSignal | undefined): Promise<string> {
    try {
      return leafFirst((await this.#documents.get(authorityPath(request, 'cert_chain'), signal)).toString('latin1'));
    } catch (error) {
      const supplied = 'certificate' in request ? request.authorityChain : undefined;
      if (supplied === undefined || !isRefusal(error, 'bundle-no-match')) throw error;
      return supplied;
    }
  }
}

/** AMD's endorsements from its key distribution service (KDS) or a mirror of it, verified before anyone sees them. */
import { checkOptions } from '@atesto/core';
import type { SnpEndorsements, TrustAnchor } from '@atesto/evidence/advanced';
import { systemTiming, type Timing } from '@atesto/http-client';
import { LRUCache } from 'lru-cache';
import { isRefusal, settleRefusals } from '../refusal.ts';
import { RevocationListStore } from '../revocation/list-store.ts';
import { withStoredLists } from '../revocation/revocable.ts';
import type { EndorsementOptions, EndorsementResult } from '../source.ts';
import { AuthorityMemory } from './authorities.ts';
import { fileDocuments, httpDocuments, type KdsDocuments } from './documents.ts';
import { authorityPath, type SnpEndorsementRequest, type SnpEndorsementSource, vcekPath } from './request.ts';
import { revocableSnp } from './revocable.ts';
import { verifySnp } from './verify.ts';

/** How the service is reached, and how often it is asked again. It lets an address ask for one VCEK in about ten seconds. */
export interface KdsSourceOptions {
  /** Default: https://kdsintf.amd.com. */
  readonly baseUrl?: string;
  /** PEM: an authority that is trusted for the connection besides the machine's. */
  readonly ca?: string;
  /** Roots above the endorsements. Default: AMD's. */
  readonly trustAnchors?: readonly TrustAnchor[];
  /** Revocation lists of all sources, to be shared by them. Default: those of this source alone, in memory. */
  readonly listStore?: RevocationListStore | undefined;
  /** Default: 5. */
  readonly connectTimeoutSeconds?: number;
  /** For one attempt at one document. Default: 15. */
  readonly timeoutSeconds?: number;
  /** Further attempts after the first. Default: 3. */
  readonly retries?: number;
  /** Default: 2. */
  readonly firstPauseSeconds?: number;
  /** A longer `Retry-After` ends the attempts. Default: 12. */
  readonly longestPauseSeconds?: number;
  /** For how long chain and list serve for further chips and keys, seconds. Default: 600. */
  readonly authorityMemorySeconds?: number;
  readonly timing?: Timing;
}

/** A source that may hold connections. */
export interface KdsSource extends SnpEndorsementSource {
  /** Closes the connections. The source cannot be used afterwards. */
  close(): Promise<void>;
}

/** A VCEK certificate never changes: one that was verified is not asked for again while it is remembered. */
const rememberedCertificates = 1000;

interface SourceOptions {
  readonly trustAnchors: readonly TrustAnchor[] | undefined;
  readonly listStore: RevocationListStore | undefined;
  readonly authorityMemorySeconds: number;
  readonly timing: Timing;
}

function sourceOver(documents: KdsDocuments, options: SourceOptions): KdsSource {
  const { trustAnchors, listStore = new RevocationListStore(options.timing) } = options;
  const certificates = new LRUCache<string, Uint8Array>({ max: rememberedCertificates });
  const authorities = new AuthorityMemory(documents, options);

  async function certificateOf(request: SnpEndorsementRequest, signal: AbortSignal | undefined) {
    if ('certificate' in request) return request.certificate;
    const path = vcekPath(request);
    const known = certificates.get(path);
    if (known !== undefined) return known;
    try {
      return await documents.get(path, signal);
    } catch (error) {
      // A place without the chain is none of these: that it lacks the certificate says nothing of the chip.
      if (isRefusal(error, 'endorsements-not-found')) await documents.get(authorityPath(request, 'cert_chain'), signal);
      throw error;
    }
  }

  async function fetchVerified(
    request: SnpEndorsementRequest,
    { at, signal }: EndorsementOptions,
  ): Promise<EndorsementResult<SnpEndorsements>> {
    const certificate = await certificateOf(request, signal);
    const { fetchedAt, ...above } = await authorities.get(request, signal);
    const collateral = { certificate, ...above };
    const { nextUpdate } = verifySnp(collateral, request, documents.name, trustAnchors);
    if (!('certificate' in request) && typeof certificate !== 'string')
      certificates.set(vcekPath(request), certificate);
    const freshness = { fetchedAt, nextUpdate, source: documents.name, stale: at > nextUpdate };
    return { ok: true, value: { collateral, freshness } };
  }

  const source: SnpEndorsementSource = {
    name: documents.name,
    get: (request, options) => settleRefusals(() => fetchVerified(request, options)),
  };
  return {
    ...withStoredLists(source, revocableSnp(trustAnchors), listStore),
    close: () => documents.close(),
  };
}

/** A source over AMD's service. Throws a TypeError for an address that is none. Put a cache before it. */
export function createKdsSource(options: KdsSourceOptions = {}): KdsSource {
  checkOptions<KdsSourceOptions>(
    options,
    {
      baseUrl: true,
      ca: true,
      trustAnchors: true,
      listStore: true,
      connectTimeoutSeconds: true,
      timeoutSeconds: true,
      retries: true,
      firstPauseSeconds: true,
      longestPauseSeconds: true,
      authorityMemorySeconds: true,
      timing: true,
    },
    'options',
  );
  const timing = options.timing ?? systemTiming;
  const client = {
    ca: options.ca,
    connectTimeoutMs: (options.connectTimeoutSeconds ?? 5) * 1000,
    timeoutMs: (options.timeoutSeconds ?? 15) * 1000,
    maxResponseBytes: 4 * 1024 * 1024,
    maxConnections: 2,
    timing,
  };
  const retry = {
    retries: options.retries ?? 3,
    firstPauseMs: (options.firstPauseSeconds ?? 2) * 1000,
    longestPauseMs: (options.longestPauseSeconds ?? 12) * 1000,
    timing,
  };
  const documents = httpDocuments(options.baseUrl ?? 'https://kdsintf.amd.com', client, retry);
  const { trustAnchors, listStore, authorityMemorySeconds = 600 } = options;
  return sourceOver(documents, { trustAnchors, listStore, authorityMemorySeconds, timing });
}

/** A source over files for offline sites: below `directory` the paths of AMD's service, as mirroring tools write them. */
export function createKdsDirectorySource(options: {
  readonly directory: string;
  readonly trustAnchors?: readonly TrustAnchor[];
  readonly listStore?: RevocationListStore | undefined;
  readonly timing?: Timing;
}): KdsSource {
  const { directory, trustAnchors, listStore, timing = systemTiming } = options;
  return sourceOver(fileDocuments(directory), { trustAnchors, listStore, authorityMemorySeconds: 0, timing });
}

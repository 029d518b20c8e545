/** AMD's endorsements from a directory of certificates and revocation lists, whatever the files are called: for offline and air-gapped sites. */
import { checkOptions, type Refusal, Refused } from '@atesto/core';
import type { SnpEndorsements, TrustAnchor } from '@atesto/evidence/advanced';
import { LRUCache } from 'lru-cache';
import { type ReportBroken, type WatchedFile, WatchedFiles } from '../files/watched-files.ts';
import { refuseEndorsements, settleRefusals } from '../refusal.ts';
import { RevocationListStore } from '../revocation/list-store.ts';
import { withStoredLists } from '../revocation/revocable.ts';
import type { EndorsementResult } from '../source.ts';
import { bestCandidate, type SnpCandidate, snpCandidates } from './bundle-candidates.ts';
import { type AmdFileContents, amdFileContents } from './bundle-contents.ts';
import { type SnpEndorsementRequest, type SnpEndorsementSource, snpRequestKey } from './request.ts';
import { revocableSnp } from './revocable.ts';

/** What to read, and how strictly. */
export interface SnpBundleSourceOptions {
  /** A directory whose `.pem`, `.crt`, `.cer`, `.der` and `.crl` files are AMD's certificates and lists, in PEM or DER; or one such file. */
  readonly path: string;
  /**
   * `when-there`: without a revocation list endorsements are given as `unchecked`, which the appraisal reports. Default: required.
   */
  readonly revocationList?: 'required' | 'when-there';
  /** Default: AMD's. */
  readonly trustAnchors?: readonly TrustAnchor[];
  /** Revocation lists of all sources, to be shared by them. Default: those of this source alone, in memory. */
  readonly listStore?: RevocationListStore | undefined;
  /** For how long the files count as unchanged after they were looked at, seconds. Default: 1. */
  readonly recheckSeconds?: number;
  /** The current time. Default: the machine's clock. */
  readonly clock?: () => Date;
  /** Called for each file that cannot be used, when it is read. */
  readonly reportBroken?: ReportBroken;
}

/** A source over files. */
export interface SnpBundleSource extends SnpEndorsementSource {
  /** Reads the files now, so that broken ones are reported before anything is asked for. */
  readonly warmUp: () => Promise<void>;
}

type Files = readonly WatchedFile<AmdFileContents>[];

const extensions = ['.pem', '.crt', '.cer', '.der', '.crl'];
const largestFile = 1024 * 1024;
const rememberedRequests = 1000;

/** Everything that the files hold. */
function contentsOf(files: Files): AmdFileContents {
  const contents = files.flatMap((file) => (file.contents === undefined ? [] : [file.contents]));
  return {
    certificates: contents.flatMap(({ certificates }) => certificates),
    revocationLists: contents.flatMap(({ revocationLists }) => revocationLists),
  };
}

/** A source over one directory. */
class SnpBundle {
  readonly #options: SnpBundleSourceOptions;
  readonly #files: WatchedFiles<AmdFileContents>;
  /** By request: the same bytes keep their object. */
  #found = new LRUCache<string, readonly SnpCandidate[]>({ max: rememberedRequests });
  #foundIn: Files = [];

  constructor(options: SnpBundleSourceOptions) {
    const { path, recheckSeconds = 1, clock = () => new Date() } = options;
    this.#options = options;
    this.#files = new WatchedFiles({
      path,
      extensions,
      largestBytes: largestFile,
      recheckSeconds,
      clock,
      read: amdFileContents,
      reportBroken: options.reportBroken,
    });
  }

  warmUp(): Promise<void> {
    return this.#files.poll();
  }

  /** Every list in the files, whatever else they lack; none when the files cannot be read. */
  async lists(): Promise<readonly Uint8Array[]> {
    const files = await settleRefusals(async () => ({ ok: true, files: await this.#files.current() }) as const);
    return files.ok ? contentsOf(files.files).revocationLists : [];
  }

  async find(request: SnpEndorsementRequest, at: Date): Promise<EndorsementResult<SnpEndorsements>> {
    const files = await this.#files.current();
    if (files !== this.#foundIn) {
      this.#found = new LRUCache({ max: rememberedRequests });
      this.#foundIn = files;
    }
    const key = `${snpRequestKey(request)} ${suppliedChain(request) ?? ''}`;
    const candidates = this.#found.get(key) ?? this.#candidates(request, files);
    this.#found.set(key, candidates);
    const best = bestCandidate(candidates, at);
    if (best === undefined) {
      const why = `no file is the ${request.signingKey} certificate of this ${request.product} chip and TCB version`;
      return this.#lacks('bundle-no-match', why);
    }
    const { collateral, nextUpdate } = best;
    const stale = nextUpdate !== undefined && at > nextUpdate;
    const fetchedAt = new Date(Math.max(...files.map(({ readAt }) => readAt.getTime())));
    return { ok: true, value: { collateral, freshness: { fetchedAt, nextUpdate, source: this.#options.path, stale } } };
  }

  /** A file that cannot be read may be the one that lacks. */
  #broken(): Refusal | undefined {
    return this.#foundIn.find(({ refusal }) => refusal !== undefined)?.refusal;
  }

  #lacks(code: 'bundle-no-match' | 'bundle-incomplete', why: string): never {
    const broken = this.#broken();
    if (broken !== undefined) throw new Refused(broken);
    return refuseEndorsements(code, this.#options.path, why);
  }

  /** Every combination of files that verifies. */
  #candidates(request: SnpEndorsementRequest, files: Files): readonly SnpCandidate[] {
    const { path, trustAnchors, revocationList } = this.#options;
    return snpCandidates(request, contentsOf(files), {
      path,
      trustAnchors,
      mayLackList: revocationList === 'when-there' && this.#broken() === undefined,
      refuseIncomplete: (what) => this.#lacks('bundle-incomplete', `${what} is missing`),
    });
  }
}

/** The authorities that came with the evidence. */
function suppliedChain(request: SnpEndorsementRequest): string | undefined {
  return 'certificate' in request ? request.authorityChain : undefined;
}

/** A source over files, each read again when it changes. */
export function createSnpBundleSource(options: SnpBundleSourceOptions): SnpBundleSource {
  checkOptions<SnpBundleSourceOptions>(
    options,
    {
      path: true,
      revocationList: true,
      trustAnchors: true,
      listStore: true,
      recheckSeconds: true,
      clock: true,
      reportBroken: true,
    },
    'options',
  );
  const bundle = new SnpBundle(options);
  const source: SnpEndorsementSource = {
    name: options.path,
    get: (request, { at }) => settleRefusals(() => bundle.find(request, at)),
  };
  const listStore = options.listStore ?? new RevocationListStore(options);
  listStore.offer(() => bundle.lists());
  return { ...withStoredLists(source, revocableSnp(options.trustAnchors), listStore), warmUp: () => bundle.warmUp() };
}

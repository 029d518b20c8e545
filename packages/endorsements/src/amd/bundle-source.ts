/** AMD's endorsements from a directory of certificates and revocation lists, whatever the files are called: for offline and air-gapped sites. */
import type { SnpEndorsements, TrustAnchor } from '@atesto/evidence';
import { LeastRecentlyUsed } from '../cache/memory.ts';
import { type ReportBroken, type WatchedFile, WatchedFiles } from '../files/watched-files.ts';
import { type EndorsementRefusal, EndorsementRefused, refuseEndorsements, settleRefusals } from '../refusal.ts';
import type { EndorsementResult } from '../source.ts';
import { type AmdCertificateFile, type AmdFileContents, amdFileContents } from './bundle-contents.ts';
import { addressedChipId, type SnpEndorsementRequest, type SnpEndorsementSource, snpRequestKey } from './request.ts';
import { type SnpDates, verifySnpSubject } from './verify.ts';

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
  /** For how long the files count as unchanged after they were looked at, milliseconds. Default: 1000. */
  readonly recheckMilliseconds?: number;
  readonly clock?: () => Date;
  /** Called for each file that cannot be used, when it is read. */
  readonly reportBroken?: ReportBroken;
}

/** A source over files. */
export interface SnpBundleSource extends SnpEndorsementSource {
  /** Reads the files now, so that broken ones are reported before anything is asked for. */
  readonly look: () => Promise<void>;
}

/** Verified endorsements for one request. */
interface Candidate extends SnpDates {
  readonly collateral: SnpEndorsements;
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
  #found = new LeastRecentlyUsed<readonly Candidate[]>(rememberedRequests);
  #foundIn: Files = [];

  constructor(options: SnpBundleSourceOptions) {
    const { path, recheckMilliseconds = 1000, clock = () => new Date() } = options;
    this.#options = options;
    this.#files = new WatchedFiles({
      path,
      extensions,
      largestBytes: largestFile,
      recheckMilliseconds,
      clock,
      read: amdFileContents,
      reportBroken: options.reportBroken,
    });
  }

  look(): Promise<void> {
    return this.#files.look();
  }

  async find(request: SnpEndorsementRequest, at: Date): Promise<EndorsementResult<SnpEndorsements>> {
    const files = await this.#files.current();
    if (files !== this.#foundIn) {
      this.#found = new LeastRecentlyUsed(rememberedRequests);
      this.#foundIn = files;
    }
    const key = `${snpRequestKey(request)} ${suppliedChain(request) ?? ''}`;
    const candidates = this.#found.get(key) ?? this.#candidates(request, files);
    this.#found.set(key, candidates);
    const [best] = candidates.toSorted((one, other) => suitability(other, at) - suitability(one, at));
    if (best === undefined) {
      const why = `no file is the ${request.signingKey} certificate of this ${request.product} chip and TCB version`;
      return this.#lacks('bundle-no-match', why);
    }
    const { collateral, nextUpdate } = best;
    const stale = nextUpdate !== undefined && at > nextUpdate;
    const fetchedAt = new Date(Math.max(...files.map(({ readAt }) => readAt.getTime())));
    return { ok: true, collateral, freshness: { fetchedAt, nextUpdate, source: this.#options.path, stale } };
  }

  /** A file that cannot be read may be the one that lacks. */
  #broken(): EndorsementRefusal | undefined {
    return this.#foundIn.find(({ refusal }) => refusal !== undefined)?.refusal;
  }

  #lacks(code: 'bundle-no-match' | 'bundle-incomplete', why: string): never {
    const broken = this.#broken();
    if (broken !== undefined) throw new EndorsementRefused(broken);
    return refuseEndorsements(code, this.#options.path, why);
  }

  /** Every combination of files that verifies; refuses with the reason of the last one when none does. */
  #candidates(request: SnpEndorsementRequest, files: Files): readonly Candidate[] {
    const contents = contentsOf(files);
    const leaves = leavesFor(request, contents.certificates);
    if (leaves.length === 0) return [];
    const found: Candidate[] = [];
    let refused: EndorsementRefused | undefined;
    for (const collateral of this.#combinations(request, leaves, contents)) {
      try {
        found.push({ collateral, ...this.#verify(collateral, request) });
      } catch (error) {
        if (!(error instanceof EndorsementRefused)) throw error;
        // A certificate of the chip for another TCB version is no fault.
        if (error.refusal.code !== 'endorsements-other-platform') refused = error;
      }
    }
    if (found.length === 0 && refused !== undefined) throw refused;
    return found;
  }

  #verify(collateral: SnpEndorsements, request: SnpEndorsementRequest): SnpDates {
    return verifySnpSubject(collateral, request, this.#options.path, this.#options.trustAnchors);
  }

  #combinations(
    request: SnpEndorsementRequest,
    leaves: readonly (string | Uint8Array)[],
    { certificates, revocationLists }: AmdFileContents,
  ): SnpEndorsements[] {
    const { product, signingKey } = request;
    const [root, authority] = [`ARK-${product}`, signingKey === 'VCEK' ? `SEV-${product}` : `SEV-VLEK-${product}`];
    const named = (name: string): AmdCertificateFile[] => certificates.filter(({ commonName }) => commonName === name);
    const chains = named(authority).flatMap((issuer) => named(root).map((ark) => issuer.pem + ark.pem));
    const supplied = suppliedChain(request);
    if (chains.length === 0 && supplied !== undefined) chains.push(supplied);
    this.#required(chains, `the certificate ${named(authority).length === 0 ? authority : root}`);
    const lists: (Uint8Array | 'unchecked')[] = revocationLists.filter((list) => list.includes(root));
    const isNone = lists.length === 0 && this.#broken() === undefined;
    if (isNone && this.#options.revocationList === 'when-there') lists.push('unchecked');
    this.#required(lists, `the revocation list of ${root}`);
    return leaves.flatMap((certificate) =>
      chains.flatMap((authorityChain) =>
        lists.map((revocationList) => ({ certificate, authorityChain, revocationList })),
      ),
    );
  }

  #required(items: readonly unknown[], what: string): void {
    if (items.length === 0) this.#lacks('bundle-incomplete', `${what} is missing`);
  }
}

/** The authorities that came with the evidence. */
function suppliedChain(request: SnpEndorsementRequest): string | undefined {
  return 'certificate' in request ? request.authorityChain : undefined;
}

/** The certificates that may be the one of the request. */
function leavesFor(
  request: SnpEndorsementRequest,
  certificates: readonly AmdCertificateFile[],
): readonly (string | Uint8Array)[] {
  if ('certificate' in request) return [request.certificate];
  const chip = Buffer.from(addressedChipId(request), 'hex');
  return certificates
    .filter(({ commonName, der }) => commonName === 'SEV-VCEK' && der.includes(chip))
    .map(({ der }) => der);
}

/** Lists that last longer go first, lists that were issued later than the time go last. */
function suitability({ nextUpdate, issued }: Candidate, at: Date): number {
  if (nextUpdate === undefined || issued.some((time) => time > at)) return Number.MIN_SAFE_INTEGER;
  return nextUpdate.getTime();
}

/** A source over files, each read again when it changes. What it gives is verified. */
export function createSnpBundleSource(options: SnpBundleSourceOptions): SnpBundleSource {
  const bundle = new SnpBundle(options);
  return {
    name: options.path,
    get: (request, { at }) => settleRefusals(() => bundle.find(request, at)),
    look: () => bundle.look(),
  };
}

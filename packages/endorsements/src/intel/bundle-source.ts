/** Collateral from files: one file, or a directory of them, for offline and air-gapped sites. */
import { checkOptions } from '@atesto/core';
import {
  type Refusal as EvidenceRefusal,
  type IntelCollateral,
  largestCollateralFile,
  parseIntelCollateral,
  type TrustAnchor,
} from '@atesto/evidence/advanced';
import { type ReportBroken, type WatchedFile, WatchedFiles } from '../files/watched-files.ts';
import { type EndorsementRefusal, refuseEndorsements, settleRefusals } from '../refusal.ts';
import { RevocationListStore } from '../revocation/list-store.ts';
import { withStoredLists } from '../revocation/revocable.ts';
import type { EndorsementResult } from '../source.ts';
import { type BundleContents, bundleContents, isFor, isOfPlatform, namedPlatforms } from './bundle-contents.ts';
import { readable, selectCollateral } from './bundle-selection.ts';
import { describeRequest, type IntelEndorsementRequest, type IntelEndorsementSource } from './request.ts';
import { revocableCollateral } from './revocable.ts';

/** What to read, and how often. */
export interface BundleSourceOptions {
  /** A collateral file, or a directory whose `.json` files are collateral. */
  readonly path: string;
  /**
   * Roots above the collateral: files under others are given only where there is no other. Default: files under any root, revocation lists under
   * Intel's alone.
   */
  readonly trustAnchors?: readonly TrustAnchor[];
  /** Revocation lists of all sources, to be shared by them. Default: those of this source alone, in memory. */
  readonly listStore?: RevocationListStore | undefined;
  /** For how long the files count as unchanged after they were looked at, seconds. Default: 1. */
  readonly recheckSeconds?: number;
  /** The current time. Default: the machine's clock. */
  readonly clock?: () => Date;
  /** Called for each file that cannot be used, when it is read. A file that matches serves in spite of it. */
  readonly reportBroken?: ReportBroken;
}

/** A source over files. */
export interface IntelBundleSource extends IntelEndorsementSource {
  /** Reads the files now, so that broken ones are reported before anything is asked for. */
  readonly warmUp: () => Promise<void>;
}

type File = WatchedFile<BundleContents>;

/** Whether a file without contents may be the one that lacks: unless all it still says is that it is for other platforms. */
function mayBeFor({ refusal, namedPlatforms = [] }: File, request: IntelEndorsementRequest): boolean {
  if (refusal === undefined) return false;
  return namedPlatforms.length === 0 || !('fmspc' in request) || namedPlatforms.includes(request.fmspc);
}

/** A file of a source is the operator's, whatever a file is to those who parse it themselves. */
function asMalformed({ where, why }: EvidenceRefusal): EndorsementRefusal {
  return { code: 'bundle-malformed', where, why };
}

/** A source over files, each read again when it changes. That the bodies are genuine is not its business: the appraisal verifies them. */
export function createBundleSource(options: BundleSourceOptions): IntelBundleSource {
  checkOptions<BundleSourceOptions>(
    options,
    {
      path: true,
      trustAnchors: true,
      listStore: true,
      recheckSeconds: true,
      clock: true,
      reportBroken: true,
    },
    'options',
  );
  const { path, recheckSeconds = 1, clock = () => new Date() } = options;
  const { trustAnchors } = options;
  const isTrusted = (root: string): boolean =>
    trustAnchors === undefined || trustAnchors.some(({ spkiSha256 }) => spkiSha256 === root);
  const files = new WatchedFiles<BundleContents>({
    path,
    extensions: ['.json'],
    largestBytes: largestCollateralFile,
    recheckSeconds,
    clock,
    reportBroken: options.reportBroken,
    read: (bytes) => {
      const bundle = parseIntelCollateral(bytes);
      if (!bundle.ok) return { ok: false, refusal: asMalformed(bundle.refusal), namedPlatforms: namedPlatforms(bytes) };
      return { ok: true, value: bundleContents(bundle.value) };
    },
  });

  /** By the files that an answer is made of: the same bytes keep their object. */
  let given = new Map<string, IntelCollateral>();
  let givenFrom: readonly File[] = [];

  /** In the order of their names. */
  async function currentFiles(): Promise<readonly File[]> {
    const current = await files.current();
    if (current !== givenFrom) given = new Map();
    givenFrom = current;
    return current;
  }

  async function find(request: IntelEndorsementRequest, at: Date): Promise<EndorsementResult<IntelCollateral>> {
    const candidates = await currentFiles();
    const read = readable(candidates);
    const matching = read.filter(({ contents }) => isFor(contents, request));
    const ofPlatform = matching.filter(({ contents }) => isOfPlatform(contents, request));
    // Without one, the appraisal of another says what is wrong.
    const selected = selectCollateral(ofPlatform.length > 0 ? ofPlatform : matching, read, at, isTrusted);
    if (selected !== undefined) {
      const { nextUpdate, readAt: fetchedAt, source, key } = selected;
      const collateral = given.get(key) ?? selected.collateral;
      given.set(key, collateral);
      const stale = nextUpdate !== undefined && at > nextUpdate;
      return { ok: true, value: { collateral, freshness: { fetchedAt, nextUpdate, source, stale } } };
    }
    const refusal = candidates.find((candidate) => mayBeFor(candidate, request))?.refusal;
    if (refusal !== undefined) return { ok: false, refusal };
    const why = `none of ${candidates.length} collateral files is for ${describeRequest(request)}`;
    return refuseEndorsements('bundle-no-match', path, why);
  }

  async function lists(): Promise<readonly Uint8Array[]> {
    const current = await settleRefusals(async () => ({ ok: true, files: await currentFiles() }) as const);
    return current.ok ? readable(current.files).flatMap(({ contents }) => contents.lists) : [];
  }

  const source: IntelEndorsementSource = {
    name: path,
    get: (request, { at }) => settleRefusals(() => find(request, at)),
  };
  const listStore = options.listStore ?? new RevocationListStore({ clock });
  listStore.offer(lists);
  return {
    ...withStoredLists(source, revocableCollateral(options.trustAnchors), listStore),
    warmUp: () => files.poll(),
  };
}

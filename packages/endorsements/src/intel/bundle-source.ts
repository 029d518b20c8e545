/** Collateral from files: one file, or a directory of them, for offline and air-gapped sites. */
import type { IntelCollateral } from '@atesto/evidence';
import { type ReportBroken, type WatchedFile, WatchedFiles } from '../files/watched-files.ts';
import { refuseEndorsements, settleRefusals } from '../refusal.ts';
import type { EndorsementResult } from '../source.ts';
import { largestBundle, parseIntelCollateralBundle } from './bundle.ts';
import { type BundleContents, bundleContents, isFor, namedPlatforms, suitability } from './bundle-contents.ts';
import { describeRequest, type IntelEndorsementRequest, type IntelEndorsementSource } from './request.ts';

/** What to read, and how often. */
export interface BundleSourceOptions {
  /** A collateral file, or a directory whose `.json` files are collateral. */
  readonly path: string;
  /** For how long the files count as unchanged after they were looked at, milliseconds. Default: 1000. */
  readonly recheckMilliseconds?: number;
  readonly clock?: () => Date;
  /** Called for each file that cannot be used, when it is read. A file that matches serves in spite of it. */
  readonly reportBroken?: ReportBroken;
}

/** A source over files. */
export interface IntelBundleSource extends IntelEndorsementSource {
  /** Reads the files now, so that broken ones are reported before anything is asked for. */
  readonly look: () => Promise<void>;
}

type File = WatchedFile<BundleContents>;

/** The file that suits the time best; the first of equals. */
function best(files: readonly File[], request: IntelEndorsementRequest, at: Date): File | undefined {
  let found: { readonly file: File; readonly suits: number } | undefined;
  for (const file of files) {
    if (file.contents === undefined || !isFor(file.contents, request)) continue;
    const suits = suitability(file.contents, at);
    if (found === undefined || suits > found.suits) found = { file, suits };
  }
  return found?.file;
}

/** Whether a file without contents may be the one that lacks: unless all it still says is that it is for other platforms. */
function mayBeFor({ refusal, namedPlatforms = [] }: File, request: IntelEndorsementRequest): boolean {
  if (refusal === undefined) return false;
  return namedPlatforms.length === 0 || !('fmspc' in request) || namedPlatforms.includes(request.fmspc);
}

/** A source over files, each read again when it changes. Nothing is verified: the appraisal does that. */
export function createBundleSource(options: BundleSourceOptions): IntelBundleSource {
  const { path, recheckMilliseconds = 1000, clock = () => new Date() } = options;
  const files = new WatchedFiles<BundleContents>({
    path,
    extensions: ['.json'],
    largestBytes: largestBundle,
    recheckMilliseconds,
    clock,
    reportBroken: options.reportBroken,
    read: (bytes) => {
      const bundle = parseIntelCollateralBundle(bytes);
      if (!bundle.ok) return { ...bundle, namedPlatforms: namedPlatforms(bytes) };
      return { ok: true, value: bundleContents(bundle.value) };
    },
  });

  async function find(request: IntelEndorsementRequest, at: Date): Promise<EndorsementResult<IntelCollateral>> {
    const candidates = await files.current();
    const file = best(candidates, request, at);
    if (file?.contents !== undefined) {
      const { collateral, nextUpdate } = file.contents;
      const stale = nextUpdate !== undefined && at > nextUpdate;
      return { ok: true, collateral, freshness: { fetchedAt: file.readAt, nextUpdate, source: file.path, stale } };
    }
    const refusal = candidates.find((candidate) => mayBeFor(candidate, request))?.refusal;
    if (refusal !== undefined) return { ok: false, refusal };
    const why = `none of ${candidates.length} collateral files is for ${describeRequest(request)}`;
    return refuseEndorsements('bundle-no-match', path, why);
  }

  return {
    name: path,
    get: (request, { at }) => settleRefusals(() => find(request, at)),
    look: () => files.look(),
  };
}

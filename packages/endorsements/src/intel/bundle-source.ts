/** Collateral from files: one file, or a directory of them, for offline and air-gapped sites. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { IntelCollateral } from '@atesto/evidence';
import type { EndorsementCode } from '../codes.ts';
import { type EndorsementRefusal, refuseEndorsements, settleRefusals } from '../refusal.ts';
import type { EndorsementResult } from '../source.ts';
import { largestBundle, parseIntelCollateralBundle } from './bundle.ts';
import { type BundleContents, bundleContents, isFor } from './bundle-contents.ts';
import { describeRequest, type IntelEndorsementRequest, type IntelEndorsementSource } from './request.ts';

/** What to read, and how often. */
export interface BundleSourceOptions {
  /** A collateral file, or a directory whose `.json` files are collateral. */
  readonly path: string;
  /** For how long the files count as unchanged after they were looked at, milliseconds. Default: 1000. */
  readonly recheckMilliseconds?: number;
  readonly clock?: () => Date;
}

interface BundleFile {
  readonly path: string;
  /** Changes when the file does. */
  readonly stamp: string;
  readonly readAt: Date;
  readonly contents: BundleContents | undefined;
  readonly refusal: EndorsementRefusal | undefined;
}

const unreadable: EndorsementCode = 'bundle-unreadable';
const malformed: EndorsementCode = 'bundle-malformed';

async function listFiles(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = await readdir(path);
    return names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(path, name));
  } catch {
    return refuseEndorsements(unreadable, path, 'the collateral file or directory cannot be read');
  }
}

async function readBundle(path: string, known: BundleFile | undefined, readAt: Date): Promise<BundleFile> {
  const refused = (stamp: string, refusal: EndorsementRefusal): BundleFile => {
    return { path, stamp, readAt, contents: undefined, refusal };
  };
  try {
    const { mtimeMs, size, ino } = await stat(path);
    const stamp = `${mtimeMs} ${size} ${ino}`;
    if (known?.stamp === stamp) return known;
    if (size > largestBundle) {
      return refused(stamp, { code: malformed, where: path, why: `the file is larger than ${largestBundle} bytes` });
    }
    const bundle = parseIntelCollateralBundle(await readFile(path));
    if (!bundle.ok) return refused(stamp, { ...bundle.refusal, where: `${path} ${bundle.refusal.where}` });
    return { path, stamp, readAt, contents: bundleContents(bundle.value), refusal: undefined };
  } catch {
    return refused('', { code: unreadable, where: path, why: 'the collateral file cannot be read' });
  }
}

function answer({ contents, path, readAt }: BundleFile, at: Date): EndorsementResult<IntelCollateral> | undefined {
  if (contents === undefined) return undefined;
  const { collateral, nextUpdate } = contents;
  const stale = nextUpdate !== undefined && at > nextUpdate;
  return { ok: true, collateral, freshness: { fetchedAt: readAt, nextUpdate, source: path, stale } };
}

/** A source over files, each read again when it changes. Nothing is verified: the appraisal does that. */
export function createBundleSource(options: BundleSourceOptions): IntelEndorsementSource {
  const { path, recheckMilliseconds = 1000, clock = () => new Date() } = options;
  let files: readonly BundleFile[] = [];
  let looking: Promise<readonly BundleFile[]> | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function look(now: Date): Promise<readonly BundleFile[]> {
    const known = new Map(files.map((file) => [file.path, file]));
    const paths = await listFiles(path);
    files = await Promise.all(paths.map((file) => readBundle(file, known.get(file), now)));
    lookedAt = now.getTime();
    return files;
  }

  function current(): Promise<readonly BundleFile[]> | readonly BundleFile[] {
    const now = clock();
    if (Math.abs(now.getTime() - lookedAt) < recheckMilliseconds) return files;
    looking ??= look(now).finally(() => {
      looking = undefined;
    });
    return looking;
  }

  async function find(request: IntelEndorsementRequest, at: Date): Promise<EndorsementResult<IntelCollateral>> {
    const candidates = await current();
    for (const file of candidates) {
      const result = file.contents !== undefined && isFor(file.contents, request) ? answer(file, at) : undefined;
      if (result !== undefined) return result;
    }
    const refusal = candidates.find((file) => file.refusal !== undefined)?.refusal;
    if (refusal !== undefined) return { ok: false, refusal };
    const why = `none of ${candidates.length} collateral files is for ${describeRequest(request)}`;
    return refuseEndorsements('bundle-no-match', path, why);
  }

  return { name: path, get: (request, { at }) => settleRefusals(() => find(request, at)) };
}

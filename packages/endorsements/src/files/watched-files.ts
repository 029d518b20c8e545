/** Reads the files at a path, one file or a directory of them: each once, and again when it changes. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { EndorsementCode } from '../codes.ts';
import { type EndorsementRefusal, refuseEndorsements, settleRefusals } from '../refusal.ts';

/**
 * Reads the bytes of one file. Answers a refusal as a value; `where` in it is a member, or empty for the whole. `namedPlatforms`: the platforms
 * that its bytes name nevertheless.
 */
export type ReadContents<Contents> = (
  bytes: Buffer,
) =>
  | { readonly ok: true; readonly value: Contents }
  | { readonly ok: false; readonly refusal: EndorsementRefusal; readonly namedPlatforms?: readonly string[] };

/** Takes the refusal of a file; `where` begins with its path. */
export type ReportBroken = (refusal: EndorsementRefusal) => void;

/** What to read, and how often. */
export interface WatchedFilesOptions<Contents> {
  /** A file, or a directory: of it only the files directly in it count. */
  readonly path: string;
  /** Of files in a directory, with the point, lower case: `.json`. */
  readonly extensions: readonly string[];
  readonly largestBytes: number;
  /** For how long the files count as unchanged after they were looked at. */
  readonly recheckSeconds: number;
  readonly clock: () => Date;
  readonly read: ReadContents<Contents>;
  /** Called once for each state of a file that has no contents, when it is read. */
  readonly reportBroken?: ReportBroken | undefined;
}

/** One file; `refusal` when it has no contents. */
export type WatchedFile<Contents> = {
  readonly path: string;
  readonly readAt: Date;
} & (
  | { readonly contents: Contents; readonly refusal?: never; readonly namedPlatforms?: never }
  | { readonly refusal: EndorsementRefusal; readonly namedPlatforms?: readonly string[]; readonly contents?: never }
);

interface Known<Contents> {
  readonly file: WatchedFile<Contents>;
  /** Changes when the file does. */
  readonly stamp: string;
}

const unreadable: EndorsementCode = 'bundle-unreadable';
const malformed: EndorsementCode = 'bundle-malformed';

/** The files at one path. */
export class WatchedFiles<Contents> {
  readonly #options: WatchedFilesOptions<Contents>;
  #known: ReadonlyMap<string, Known<Contents>> = new Map();
  #polling: Promise<readonly WatchedFile<Contents>[]> | undefined;
  #files: readonly WatchedFile<Contents>[] = [];
  #polledAt = Number.NEGATIVE_INFINITY;

  constructor(options: WatchedFilesOptions<Contents>) {
    this.#options = options;
  }

  /** In the order of their names. Refuses by throwing within this package when there is nothing to list at the path. */
  async current(): Promise<readonly WatchedFile<Contents>[]> {
    const now = this.#options.clock();
    if (Math.abs(now.getTime() - this.#polledAt) < this.#options.recheckSeconds * 1000) return this.#files;
    this.#polling ??= this.#poll(now).finally(() => {
      this.#polling = undefined;
    });
    return this.#polling;
  }

  /** Reads the files, and reports as broken also when there is nothing to list. */
  async poll(): Promise<void> {
    const looked = await settleRefusals(async () => ({ ok: true, files: await this.current() }) as const);
    if (!looked.ok) this.#options.reportBroken?.(looked.refusal);
  }

  async #poll(now: Date): Promise<readonly WatchedFile<Contents>[]> {
    const paths = await this.#list();
    const found = await Promise.all(paths.map((path) => this.#readFile(path, now)));
    for (const known of found) this.#reportBroken(known);
    this.#known = new Map(found.map((known) => [known.file.path, known]));
    this.#files = found.map(({ file }) => file);
    this.#polledAt = now.getTime();
    return this.#files;
  }

  #reportBroken({ file, stamp }: Known<Contents>): void {
    const before = this.#known.get(file.path);
    const isTold = before?.file.refusal !== undefined && before.stamp === stamp;
    if (file.refusal !== undefined && !isTold) this.#options.reportBroken?.(file.refusal);
  }

  async #list(): Promise<string[]> {
    const { path, extensions } = this.#options;
    try {
      if (!(await stat(path)).isDirectory()) return [path];
      const names = await readdir(path);
      const wanted = names.filter((name) => extensions.includes(extname(name).toLowerCase()));
      return wanted.sort().map((name) => join(path, name));
    } catch {
      return refuseEndorsements(unreadable, path, 'the file or directory cannot be read');
    }
  }

  async #readFile(path: string, readAt: Date): Promise<Known<Contents>> {
    const { largestBytes, read } = this.#options;
    const refused = (
      stamp: string,
      refusal: EndorsementRefusal,
      namedPlatforms: readonly string[] = [],
    ): Known<Contents> => {
      return { stamp, file: { path, readAt, refusal, namedPlatforms } };
    };
    let stamp: string;
    let bytes: Buffer;
    try {
      const { mtimeMs, size, ino } = await stat(path);
      stamp = `${mtimeMs} ${size} ${ino}`;
      const known = this.#known.get(path);
      if (known?.stamp === stamp) return known;
      if (size > largestBytes) {
        return refused(stamp, { code: malformed, where: path, why: `the file is larger than ${largestBytes} bytes` });
      }
      bytes = await readFile(path);
    } catch {
      return refused('', { code: unreadable, where: path, why: 'the file cannot be read' });
    }
    const result = read(bytes);
    if (result.ok) return { stamp, file: { path, readAt, contents: result.value } };
    const where = `${path} ${result.refusal.where}`.trim();
    return refused(stamp, { ...result.refusal, where }, result.namedPlatforms);
  }
}

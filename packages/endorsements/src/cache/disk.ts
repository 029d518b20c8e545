/**
 * Keeps endorsements in a directory, one file an entry. A file is written beside, synchronised and renamed, so that a crash leaves the old one
 * or the new one. Whatever a file holds is verified again by the cache: one that was tampered with can be refused or be old, never forged.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** One entry as it is written. */
export interface StoredEntry {
  readonly key: string;
  readonly source: string;
  readonly fetchedAt: Date;
  readonly content: string;
}

/** What reading gives. */
export type ReadEntry =
  | { readonly kind: 'entry'; readonly file: string; readonly entry: StoredEntry }
  | { readonly kind: 'absent' }
  | { readonly kind: 'ignored'; readonly file: string; readonly why: string };

const format = 'atesto-endorsement-cache';
const version = 1;
const largestFile = 32 * 1024 * 1024;

function parseEntry(text: string, key: string): StoredEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const members = new Map(Object.entries(typeof value === 'object' && value !== null ? value : {}));
  const [source, fetchedAt, content] = ['source', 'fetchedAt', 'content'].map((name) => members.get(name));
  if (members.get('format') !== format || members.get('version') !== version || members.get('key') !== key) {
    return undefined;
  }
  if (typeof source !== 'string' || typeof fetchedAt !== 'string' || typeof content !== 'string') return undefined;
  const time = new Date(fetchedAt);
  return Number.isNaN(time.getTime()) ? undefined : { key, source, fetchedAt: time, content };
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === 'ENOENT';
}

/** Files of one kind of endorsements in a directory. */
export class DiskCache {
  readonly #directory: string;
  readonly #kind: string;

  constructor(directory: string, kind: string) {
    this.#directory = directory;
    this.#kind = kind;
  }

  #path(key: string): string {
    const digest = createHash('sha256').update(key).digest('hex').slice(0, 40);
    return join(this.#directory, `${this.#kind}-${digest}.json`);
  }

  /** Reads an entry; never throws. */
  async read(key: string): Promise<ReadEntry> {
    const file = this.#path(key);
    try {
      if ((await stat(file)).size > largestFile) return { kind: 'ignored', file, why: 'it is too large' };
      const entry = parseEntry(await readFile(file, 'utf8'), key);
      return entry === undefined
        ? { kind: 'ignored', file, why: 'it is not a cache entry' }
        : { kind: 'entry', file, entry };
    } catch (error) {
      return isAbsent(error) ? { kind: 'absent' } : { kind: 'ignored', file, why: 'it cannot be read' };
    }
  }

  /** Writes an entry for good. Throws when the directory cannot be written. */
  async write({ key, source, fetchedAt, content }: StoredEntry): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const path = this.#path(key);
    const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      const file = await open(beside, 'wx', 0o600);
      try {
        const members = { format, version, kind: this.#kind, key, source, fetchedAt: fetchedAt.toISOString(), content };
        await file.writeFile(JSON.stringify(members));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, path);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    const directory = await open(this.#directory, 'r');
    await directory.sync().finally(() => directory.close());
  }

  /** Removes an entry; a file that cannot be removed does no harm. */
  async remove(key: string): Promise<void> {
    await rm(this.#path(key), { force: true }).catch(() => {});
  }

  /** Removes what crashes left half-written, and the oldest files above a number. */
  async tidy(maximumEntries: number): Promise<void> {
    try {
      const names = (await readdir(this.#directory)).filter((name) => name.startsWith(`${this.#kind}-`));
      const abandoned = names.filter((name) => name.endsWith('.tmp'));
      const entries = names.filter((name) => name.endsWith('.json'));
      const dated = await Promise.all(
        entries.map(async (name) => ({ name, time: (await stat(join(this.#directory, name))).mtimeMs })),
      );
      const old = dated.sort((one, other) => other.time - one.time).slice(maximumEntries);
      for (const name of [...abandoned, ...old.map((file) => file.name)]) {
        await rm(join(this.#directory, name), { force: true });
      }
    } catch {
      // A directory that is not there, or not ours to read, has nothing to tidy; writing to it is reported.
    }
  }
}

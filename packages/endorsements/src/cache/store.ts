/** What a cache holds: in memory, and on disk so that it survives a restart. Only verified endorsements get in, from either side. */
import { LRUCache } from 'lru-cache';
import { DiskCache } from './disk.ts';
import type { CacheEvent } from './events.ts';
import type { EndorsementKind } from './kind.ts';
import type { Dated } from './supersession.ts';

/** One entry. */
export interface HeldEntry<Request, Value> extends Dated {
  readonly key: string;
  readonly request: Request;
  readonly value: Value;
  readonly text: string;
  readonly source: string;
  readonly fetchedAt: Date;
  /** Whether it was asked for since it was fetched: what nobody asks for is not refreshed. */
  used: boolean;
}

/** How many requests of one holder are kept. */
const maximumOfHolder = 8;

/** Memory and disk of one cache. */
export class EndorsementStore<Request, Value> {
  readonly #kind: EndorsementKind<Request, Value>;
  readonly #memory: LRUCache<string, HeldEntry<Request, Value>>;
  readonly #disk: DiskCache | undefined;
  readonly #report: (event: CacheEvent) => void;
  readonly #maximumEntries: number;
  #tidied: Promise<void> | undefined;
  /** Writes follow one another. */
  #writing: Promise<void> = Promise.resolve();

  constructor(
    kind: EndorsementKind<Request, Value>,
    directory: string | undefined,
    maximumEntries: number,
    report: (event: CacheEvent) => void,
  ) {
    this.#kind = kind;
    this.#memory = new LRUCache({
      max: maximumEntries,
      dispose: (_entry, key, reason) => {
        if (reason === 'evict') this.#enqueue((disk) => disk.remove(key));
      },
    });
    this.#disk = directory === undefined ? undefined : new DiskCache(directory, kind.name);
    this.#maximumEntries = maximumEntries;
    this.#report = report;
  }

  /** What is in memory. */
  held(key: string): HeldEntry<Request, Value> | undefined {
    return this.#memory.get(key);
  }

  /** What is in memory, the least recently used first. */
  entries(): HeldEntry<Request, Value>[] {
    return [...this.#memory.rvalues()].filter((entry) => entry !== undefined);
  }

  /** What is on disk, verified anew and taken into memory. */
  async load(key: string, request: Request): Promise<HeldEntry<Request, Value> | undefined> {
    if (this.#disk === undefined) return undefined;
    this.#tidied ??= this.#disk.tidy(this.#maximumEntries);
    await this.#tidied;
    await this.#writing;
    const read = await this.#disk.read(key);
    if (read.kind === 'absent') return undefined;
    if (read.kind === 'ignored') {
      this.#report({ kind: 'file-ignored', key, file: read.file, why: read.why });
      return undefined;
    }
    const { content, source, fetchedAt } = read.entry;
    const value = this.#kind.decode(content);
    const verified = value === undefined ? undefined : this.#kind.verify(value, request, read.file);
    if (value === undefined || verified?.ok !== true) {
      const why = verified?.ok === false ? verified.refusal.why : 'its content cannot be read';
      this.#report({ kind: 'file-ignored', key, file: read.file, why });
      return undefined;
    }
    const { nextUpdate, issued } = verified;
    const entry = { key, request, value, text: content, nextUpdate, issued, source, fetchedAt, used: false };
    this.#keep(entry);
    return entry;
  }

  /** Takes a verified entry into memory and, when there is a directory, to disk. */
  put(entry: HeldEntry<Request, Value>): void {
    this.#keep(entry);
    const { key, source, fetchedAt, text: content } = entry;
    this.#enqueue(async (disk) => {
      try {
        await disk.write({ key, source, fetchedAt, content });
      } catch (error) {
        const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
        this.#report({ kind: 'write-failed', key, why: typeof code === 'string' ? code : 'it cannot be written' });
      }
    });
  }

  #keep(entry: HeldEntry<Request, Value>): void {
    this.#memory.set(entry.key, entry);
    for (const key of this.#surplusBeside(entry)) {
      this.#memory.delete(key);
      this.#enqueue((disk) => disk.remove(key));
    }
  }

  /** The keys of the same holder that were used longest ago. */
  #surplusBeside({ value }: HeldEntry<Request, Value>): string[] {
    const holder = this.#kind.holderOf?.(value);
    if (holder === undefined) return [];
    const held = this.entries().filter((entry) => this.#kind.holderOf?.(entry.value) === holder);
    return held.slice(0, -maximumOfHolder).map(({ key }) => key);
  }

  #enqueue(work: (disk: DiskCache) => Promise<void>): void {
    const disk = this.#disk;
    if (disk !== undefined) this.#writing = this.#writing.then(() => work(disk));
  }

  /** Resolves when everything is on disk that shall be. */
  written(): Promise<void> {
    return this.#writing;
  }
}

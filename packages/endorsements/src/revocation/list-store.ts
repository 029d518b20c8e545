/**
 * Stores the genuine revocation lists that any source of a vendor gave, in memory and on disk: what an authority revoked once stays revoked,
 * whatever another source, or the same one later, says. Only lists whose signature was verified get in. They are kept by the key that signed
 * them, so that a list speaks for its own authority alone; the number of authorities is the number that vendors have below trusted roots.
 */
import { type ListIssuer, readSignedRevocationList } from '@atesto/evidence/advanced';
import { DiskCache } from '../cache/disk.ts';
import type { CacheEvent } from '../cache/events.ts';
import { type DatedList, listsToHold } from './rule.ts';

/** Where lists are kept. */
export interface RevocationListStoreOptions {
  /** Made when it is not there. Absent: memory only. */
  readonly directory?: string | undefined;
  /** The current time. Default: the machine's clock. */
  readonly clock?: () => Date;
  /** Receives events such as unreadable files and failed writes. Default: nobody. */
  readonly report?: (event: CacheEvent) => void;
}

/** Lists that nobody has verified yet, such as those in files: each is looked at once for each authority. */
export type OfferedLists = () => Promise<readonly Uint8Array[]>;

type Issuer = Pick<ListIssuer, 'spkiSha256' | 'publicKey'>;

/** Lists of any authorities. */
export class RevocationListStore {
  readonly #lists = new Map<string, readonly DatedList[]>();
  readonly #offers: OfferedLists[] = [];
  /** By offered list: the authorities for which it was looked at. */
  readonly #seen = new WeakMap<Uint8Array, Set<string>>();
  readonly #loads = new Map<string, Promise<void>>();
  readonly #disk: DiskCache | undefined;
  readonly #clock: () => Date;
  readonly #report: (event: CacheEvent) => void;
  /** Writes follow one another. */
  #writing: Promise<void> = Promise.resolve();

  constructor({ directory, clock = () => new Date(), report = () => {} }: RevocationListStoreOptions = {}) {
    this.#disk = directory === undefined ? undefined : new DiskCache(directory, 'revocation-lists');
    this.#clock = clock;
    this.#report = report;
  }

  /** Takes genuine lists in; what is held already, or revokes nothing more and is older, changes nothing. */
  async take(issuer: ListIssuer): Promise<void> {
    await this.#loaded(issuer);
    this.#add(issuer, issuer.lists);
  }

  /**
   * Has lists looked at that are at hand unverified, so that they count for the answers of every source. The same object stands for the same
   * bytes.
   */
  offer(lists: OfferedLists): void {
    this.#offers.push(lists);
  }

  /** The lists of an authority. */
  async of(issuer: Issuer): Promise<readonly DatedList[]> {
    await this.#loaded(issuer);
    const offered = await Promise.all(this.#offers.map((offer) => offer()));
    this.#add(issuer, this.#genuine(issuer, offered.flat()));
    return this.#lists.get(issuer.spkiSha256) ?? [];
  }

  /** Resolves when everything is on disk that shall be. */
  async close(): Promise<void> {
    await Promise.all(this.#loads.values());
    await this.#writing;
  }

  #add(issuer: Issuer, lists: readonly DatedList[]): void {
    const before = this.#lists.get(issuer.spkiSha256) ?? [];
    const fresh = lists.filter((list) => !before.some(({ der }) => Buffer.compare(der, list.der) === 0));
    if (fresh.length === 0) return;
    const held = listsToHold([...before, ...fresh], this.#clock());
    if (held.length === before.length && held.every((list) => before.includes(list))) return;
    this.#lists.set(issuer.spkiSha256, held);
    this.#write(issuer, held);
  }

  #genuine({ spkiSha256, publicKey }: Issuer, offered: readonly Uint8Array[]): DatedList[] {
    const fresh = offered.filter((der) => this.#seen.get(der)?.has(spkiSha256) !== true);
    if (fresh.length === 0) return [];
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    return fresh.flatMap((der) => {
      this.#seen.set(der, (this.#seen.get(der) ?? new Set()).add(spkiSha256));
      const list = readSignedRevocationList(der, spki);
      return list.ok ? [list.value] : [];
    });
  }

  #loaded(issuer: Issuer): Promise<void> {
    const loading = this.#loads.get(issuer.spkiSha256) ?? this.#load(issuer);
    this.#loads.set(issuer.spkiSha256, loading);
    return loading;
  }

  async #load({ spkiSha256, publicKey }: Issuer): Promise<void> {
    const read = await this.#disk?.read(spkiSha256);
    if (read === undefined || read.kind === 'absent') return;
    const ignored = (why: string) => this.#report({ kind: 'file-ignored', key: spkiSha256, file: read.file, why });
    if (read.kind === 'ignored') return ignored(read.why);
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    const lists: DatedList[] = [];
    for (const base64 of read.entry.content.split(' ')) {
      const list = readSignedRevocationList(Buffer.from(base64, 'base64'), spki);
      if (list.ok) lists.push(list.value);
      else ignored(list.refusal.why);
    }
    this.#lists.set(spkiSha256, listsToHold([...(this.#lists.get(spkiSha256) ?? []), ...lists], this.#clock()));
  }

  #write({ spkiSha256: key }: Issuer, lists: readonly DatedList[]): void {
    const disk = this.#disk;
    if (disk === undefined) return;
    const content = lists.map(({ der }) => Buffer.from(der).toString('base64')).join(' ');
    this.#writing = this.#writing.then(async () => {
      try {
        await disk.write({ key, source: 'revocation lists', fetchedAt: this.#clock(), content });
      } catch {
        this.#report({ kind: 'write-failed', key, why: 'the revocation lists cannot be written' });
      }
    });
  }
}

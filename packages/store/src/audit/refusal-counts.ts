/**
 * Counts refusals of unauthenticated calls instead of recording each: by address, provider, operation, code and verdict, over a minute. Anyone can
 * cause any number of them, so their cost in rows and memory is bounded.
 */
import type { AuditEntry } from './entry.ts';

/** The number of keys with a count of their own. Later ones share one count, as of many addresses. */
export const maxRefusalKeys = 500;
/** The number of keys of one address with a count of their own. Later ones share one count, without the provider. */
export const maxKeysPerAddress = 20;
/** How many refusals of one key get a log line of their own in one minute. */
const loggedPerKey = 10;
/** The address of rows that stand for more addresses than are counted apart. */
export const manyAddresses = 'many';

interface Count {
  readonly first: AuditEntry;
  lastMs: number;
  count: number;
}

/** The counts since the last {@link RefusalCounts.take}. */
export class RefusalCounts {
  #counts = new Map<string, Count>();
  #keysOf = new Map<string | undefined, number>();

  /** Counts a refusal. Whether it should be logged by itself: only the first few of a key are. */
  add(entry: AuditEntry): boolean {
    const { provider: _provider, attestationType: _type, ...rest } = entry;
    const hasShare = (this.#keysOf.get(entry.address) ?? 0) < maxKeysPerAddress;
    for (const entryOfKey of [entry, rest]) {
      const known = this.#counts.get(keyOf(entryOfKey));
      if (known !== undefined) return this.#count(entryOfKey, known);
      const mayBegin = this.#counts.size < maxRefusalKeys && (hasShare || entryOfKey === rest);
      if (mayBegin) return this.#count(entryOfKey, undefined);
    }
    const shared = { ...rest, address: manyAddresses };
    return this.#count(shared, this.#counts.get(keyOf(shared)));
  }

  /** Returns the counts as entries, one for each key, and resets them. */
  take(): AuditEntry[] {
    const counts = [...this.#counts.values()];
    this.#counts = new Map();
    this.#keysOf = new Map();
    return counts.map(entryOf);
  }

  #count(entry: AuditEntry, known: Count | undefined): boolean {
    const count = known ?? { first: entry, lastMs: entry.atMs, count: 0 };
    count.count += 1;
    count.lastMs = Math.max(count.lastMs, entry.atMs);
    if (known === undefined) {
      this.#counts.set(keyOf(entry), count);
      this.#keysOf.set(entry.address, (this.#keysOf.get(entry.address) ?? 0) + 1);
    }
    return count.count <= loggedPerKey;
  }
}

function keyOf({ address, provider, operation, code, verdict }: AuditEntry): string {
  return JSON.stringify([address, provider, operation, code, verdict]);
}

/** The entry of the first refusal, at the time of the last; digests of single calls are left out. */
function entryOf({ first, lastMs, count }: Count): AuditEntry {
  const { operation, requestId, verdict, provider, attestationType, address, code, refusedAt } = first;
  const span = { count, first: new Date(first.atMs).toISOString(), last: new Date(lastMs).toISOString() };
  const members = { operation, requestId, verdict, provider, attestationType, address, code, refusedAt };
  return { ...members, atMs: lastMs, detail: JSON.stringify(span) };
}

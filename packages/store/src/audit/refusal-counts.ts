/**
 * Counts refusals of unauthenticated calls instead of recording each: by address, provider, operation, code and verdict, over a minute. A
 * stranger can cause any number of them; what they cost in rows and memory is bounded.
 */
import type { AuditEntry } from './entry.ts';

/** How many keys are counted apart; what comes after them is counted together as of many addresses. */
export const mostRefusalKeys = 500;
/** How many keys of one address are counted apart; what comes after them is counted together, without the provider. */
export const mostKeysOfAddress = 20;
/** How many refusals of one key get a log line of their own in one minute. */
const loggedPerKey = 10;
/** The address of rows that stand for more addresses than are counted apart. */
export const manyAddresses = 'many';

interface Count {
  readonly first: AuditEntry;
  lastMs: number;
  count: number;
}

/** The counts since they were last taken. */
export class RefusalCounts {
  #counts = new Map<string, Count>();
  #keysOf = new Map<string | undefined, number>();

  /** Counts a refusal. Whether it should be logged by itself: only the first few of a key are. */
  add(entry: AuditEntry): boolean {
    const { provider: _provider, attestationType: _type, ...rest } = entry;
    const hasShare = (this.#keysOf.get(entry.address) ?? 0) < mostKeysOfAddress;
    for (const entryOfKey of [entry, rest]) {
      const known = this.#counts.get(keyOf(entryOfKey));
      if (known !== undefined) return this.#count(entryOfKey, known);
      const mayBegin = this.#counts.size < mostRefusalKeys && (hasShare || entryOfKey === rest);
      if (mayBegin) return this.#count(entryOfKey, undefined);
    }
    const shared = { ...rest, address: manyAddresses };
    return this.#count(shared, this.#counts.get(keyOf(shared)));
  }

  /** Takes the counts as entries, one for each key, and begins anew. */
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

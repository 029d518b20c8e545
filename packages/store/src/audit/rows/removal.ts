/** Removes the oldest rows of one chain, once they are verified, together with a head that records the removal. */
import type { CompiledQuery } from 'kysely';
import { type AuditSeal, positionOf, positionText, sameCode } from './chain.ts';
import type { AuditHeads } from './heads.ts';
import type { AuditChains, WriterState } from './ledger.ts';
import { auditIdFloor } from './query.ts';

/** The dependencies of a removal. */
export interface RemovalDeps {
  readonly seal: AuditSeal;
  readonly chains: AuditChains;
  readonly heads: AuditHeads;
  /** The statement that deletes the rows from one position to another. */
  readonly deleteRows: (first: string, last: string) => CompiledQuery;
}

/** What to remove. */
export interface Removal {
  readonly writer: string;
  readonly state: WriterState;
  readonly beforeMs: number;
  readonly limit: number;
  readonly reason: string;
}

/** Removes; resolves with the number of rows. A row that is missing or does not fit ends the removal before it. */
export async function removeOldest(parts: RemovalDeps, removal: Removal): Promise<number> {
  const { writer, state, beforeMs, limit, reason } = removal;
  const after = { sequence: state.removed, id: '' };
  // The row at `removed` is gone, so that the page begins with the oldest that is left.
  const rows = await parts.chains.rowsOf(writer, after, limit);
  const floor = auditIdFloor(beforeMs);
  let { removed: through, removedLink: link } = state;
  for (const row of rows) {
    const { link: own, ...content } = row;
    const fits = positionOf(row.id).sequence === through + 1 && sameCode(own, parts.seal.link(link, content));
    if (row.id >= floor || !fits) break;
    through += 1;
    link = own;
  }
  const count = through - state.removed;
  if (count === 0) return 0;
  const detail = JSON.stringify({ reason, count, from: state.removed + 1, before: new Date(beforeMs).toISOString() });
  const first = positionText({ writer, sequence: state.removed + 1 });
  const last = positionText({ writer, sequence: through });
  await parts.heads.append({ writer, kind: 'removed', through, link, detail }, [parts.deleteRows(first, last)]);
  return count;
}

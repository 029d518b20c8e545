/** Reading the chains of audit rows. */

import type { AuditTable } from '../../database/schema.ts';
import type { AuditLedger } from './ledger.ts';

/** Reading the chains. */
export interface AuditChains {
  /** A ledger of all heads; nothing is read yet. */
  ledger(): AuditLedger;
  /** At most `limit` rows of a writer after an id (its position, then its time), in the order of their positions. */
  rowsOf(
    writer: string,
    after: { readonly sequence: number; readonly id: string },
    limit: number,
  ): Promise<AuditTable[]>;
  /** The first writer after this one that has rows. */
  writerAfter(writer: string): Promise<string | undefined>;
  /** Vouches for rows of another process that were found good. */
  vouchFor(writer: string, through: number, link: string): Promise<void>;
}

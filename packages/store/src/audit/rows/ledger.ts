/** What the heads say about each writer. Heads are read and verified once; later reads only add new ones. */
import type { AuditHeadTable, AuditRow } from '../../database/schema.ts';
import type { AuditHeads, HeadFault } from './heads.ts';

/** What the service vouches for about one writer. */
export interface WriterState {
  /** The number of the last row that is stored for certain, and its link. */
  readonly through: number;
  readonly link: string;
  /** Rows up to this number were removed; the link of the last of them, or what the first row is linked to. */
  readonly removed: number;
  readonly removedLink: string;
}

const pageHeads = 500;

/** The states of all writers, as of the heads that were read. */
export class AuditLedger {
  readonly #heads: AuditHeads;
  readonly #writers = new Map<string, WriterState>();
  readonly #faults: HeadFault[] = [];
  #refreshing: Promise<void> = Promise.resolve();
  #last: Pick<AuditHeadTable, 'sequence' | 'mac'> | undefined;

  constructor(heads: AuditHeads) {
    this.#heads = heads;
  }

  /** The faults found so far, at most one for each head. */
  get faults(): readonly HeadFault[] {
    return this.#faults;
  }

  /** The names of the writers that have begun, in their order. */
  writers(): string[] {
    return [...this.#writers.keys()].sort();
  }

  /** The state of a writer; undefined: it has not begun. */
  state(writer: string): WriterState | undefined {
    return this.#writers.get(writer);
  }

  /** Reads the heads that were added. Throws `Refused` with `store-unavailable`. */
  refresh(): Promise<void> {
    this.#refreshing = this.#refreshing.catch(() => {}).then(() => this.#refresh());
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    const { sequence: expected } = this.#heads.newest;
    for (;;) {
      const rows = await this.#heads.read(this.#last?.sequence ?? 1, pageHeads);
      const fresh = this.#newHeads(rows);
      for (const head of fresh) this.#apply(head);
      if (rows.length < pageHeads) return this.#checkNewest(expected);
      await new Promise(setImmediate);
    }
  }

  /** The heads after the last that is known, which must stand there still. */
  #newHeads(rows: readonly AuditHeadTable[]): readonly AuditHeadTable[] {
    const last = this.#last;
    if (last === undefined) return rows;
    const [first, ...others] = rows;
    if (first?.sequence === last.sequence) {
      if (first.mac !== last.mac) this.#addFault({ sequence: last.sequence, why: 'the head was replaced' });
      return others;
    }
    this.#addFault({ sequence: last.sequence, why: 'the head is missing' });
    return rows;
  }

  #apply(head: AuditHeadTable): void {
    const fault = this.#heads.faultOf(this.#last, head);
    if (fault !== undefined) this.#addFault(fault);
    else this.#heads.remember(head);
    this.#last = head;
    if (fault?.sequence === head.sequence) return;
    const known = this.#writers.get(head.writer);
    const { through, link } = head;
    if (known === undefined) this.#writers.set(head.writer, { through, link, removed: 0, removedLink: link });
    else if (head.kind === 'removed') {
      const reached = through > known.through ? { through, link } : {};
      this.#writers.set(head.writer, { ...known, ...reached, removed: through, removedLink: link });
    } else if (through > known.through) this.#writers.set(head.writer, { ...known, through, link });
  }

  /** A process that wrote a head, or saw one, knows that it was there. */
  #checkNewest(sequence: number): void {
    const last = this.#last?.sequence ?? 0;
    if (last < sequence) this.#addFault({ sequence: last + 1, why: `heads ${last + 1} to ${sequence} are missing` });
  }

  #addFault(fault: HeadFault): void {
    if (!this.#faults.some(({ sequence }) => sequence === fault.sequence)) this.#faults.push(fault);
  }
}

/** Reading the chains. */
export interface AuditChains {
  /** A ledger of all heads; nothing is read yet. */
  ledger(): AuditLedger;
  /** At most `limit` rows of a writer after an id (its position, then its time), in the order of their positions. */
  rowsOf(writer: string, after: { readonly sequence: number; readonly id: string }, limit: number): Promise<AuditRow[]>;
  /** The first writer after this one that has rows. */
  writerAfter(writer: string): Promise<string | undefined>;
  /** Vouches for rows of another process that were found good. */
  vouchFor(writer: string, through: number, link: string): Promise<void>;
}

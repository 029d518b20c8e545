/** The chains of this process: one writer for each retention period. Rows get their positions when they are about to be written. */
import { randomBytes } from 'node:crypto';
import type { AuditRow } from '../database/schema.ts';
import type { AuditContent } from './entry.ts';
import { type AuditRetention, type AuditSeal, lastSequence, positionText, writerName } from './rows/chain.ts';
import { auditIdFloor } from './rows/query.ts';

/** An entry without a position. */
export interface PendingEntry {
  readonly content: AuditContent;
  readonly retention: AuditRetention;
}

/** Where a chain ends. */
interface ChainEnd {
  readonly writer: string;
  sequence: number;
  link: string;
}

/** Gives entries their ids and links. Rows must be written in the order in which they were sealed. */
export class WriterChains {
  readonly #seal: AuditSeal;
  readonly #ends = new Map<AuditRetention, ChainEnd>();
  readonly #random: () => string;

  /** `random`: 16 hex digits that no other process uses. */
  constructor(seal: AuditSeal, random: () => string = () => randomBytes(8).toString('hex')) {
    this.#seal = seal;
    this.#random = random;
  }

  /** The rows of entries, each at the end of its chain. */
  sealed(entries: readonly PendingEntry[]): AuditRow[] {
    return entries.map(({ content, retention }) => {
      const end = this.#end(retention);
      end.sequence += 1;
      const id = auditIdFloor(content.at_ms) + positionText(end);
      const row = { id, ...content };
      end.link = this.#seal.link(end.link, row);
      return { ...row, link: end.link };
    });
  }

  /** Starts new chains, because it is unknown whether the last sealed rows will be stored. */
  begin(): void {
    this.#ends.clear();
  }

  #end(retention: AuditRetention): ChainEnd {
    const known = this.#ends.get(retention);
    if (known !== undefined && known.sequence < lastSequence) return known;
    const writer = writerName(retention, this.#random().slice(1));
    const end = { writer, sequence: 0, link: this.#seal.origin(writer) };
    this.#ends.set(retention, end);
    return end;
  }
}

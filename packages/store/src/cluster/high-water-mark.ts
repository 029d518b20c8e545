/**
 * The high-water mark: the last position that this instance has seen. It is kept outside the database, under its own integrity code, so that a
 * database that was rolled back while no instance ran is detected at the next start.
 */
import { z } from 'zod';
import type { DocumentSource } from '../documents/documents.ts';
import { type Position, readPosition } from '../documents/history.ts';
import type { Integrity } from '../documents/integrity.ts';

/** Keeps one string outside the database. Writes must be durable; failures throw. */
export interface MarkFile {
  read(): string | undefined;
  write(text: string): void;
}

/** What the mark says. */
export interface Mark extends Position {
  /** Incarnations that an operator replaced: the store must never be one of them again. */
  readonly replaced: readonly string[];
}

const content = z.strictObject({
  version: z.literal(1),
  incarnation: z.string(),
  revision: z.int().min(0),
  head: z.string(),
  left: z.array(z.string()),
});
const sealed = z.strictObject({ mark: z.string(), mac: z.string() });

const purpose = 'high-water-mark';
const maxReplaced = 1000;

/** Writes a mark as text. */
export function writeMark(integrity: Integrity, { incarnation, revision, head, replaced }: Mark): string {
  const mark = JSON.stringify({ version: 1, incarnation, revision, head, left: replaced.slice(-maxReplaced) });
  return `${JSON.stringify({ mark, mac: integrity.ofText(purpose, mark) })}\n`;
}

/** Reads a mark; undefined: this service did not write it under this key. */
export function readMark(integrity: Integrity, text: string): Mark | undefined {
  const outer = sealed.safeParse(jsonOf(text));
  if (!outer.success || !integrity.isOwnText(purpose, outer.data.mark, outer.data.mac)) return undefined;
  const { version: _version, left, ...position } = content.parse(JSON.parse(outer.data.mark));
  return { ...position, replaced: left };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The mark of one instance while it runs. */
export class HighWaterMark {
  readonly #integrity: Integrity;
  readonly #file: MarkFile | undefined;
  #mark: Mark | undefined;
  #fault: unknown;

  private constructor(integrity: Integrity, file: MarkFile | undefined, mark: Mark | undefined) {
    this.#integrity = integrity;
    this.#file = file;
    this.#mark = mark;
  }

  /** Reads the mark. One that this service did not write matches no store: an operator must then accept the current one. */
  static async open(source: DocumentSource, file: MarkFile | undefined): Promise<HighWaterMark> {
    const text = file?.read();
    if (text === undefined) return new HighWaterMark(source.integrity, file, undefined);
    const mark = readMark(source.integrity, text);
    if (mark !== undefined) return new HighWaterMark(source.integrity, file, mark);
    const { incarnation } = await readPosition(source);
    return new HighWaterMark(source.integrity, file, {
      incarnation: '',
      revision: 0,
      head: '',
      replaced: [incarnation],
    });
  }

  /** The position that was seen last; undefined: none. */
  get known(): Position | undefined {
    if (this.#mark === undefined) return undefined;
    const { replaced: _replaced, ...position } = this.#mark;
    return position;
  }

  /** Incarnations that must not come back. */
  get replaced(): readonly string[] {
    return this.#mark?.replaced ?? [];
  }

  /** The error of the last write; undefined: it succeeded. */
  get fault(): unknown {
    return this.#fault;
  }

  /** Records a new position. A mark that cannot be written is reported to operators and does not stop the service. */
  advance(position: Position, replaced: Position | undefined): void {
    this.#mark = {
      ...position,
      replaced: replaced === undefined ? this.replaced : [...this.replaced, replaced.incarnation],
    };
    try {
      this.#file?.write(writeMark(this.#integrity, this.#mark));
      this.#fault = undefined;
    } catch (error) {
      this.#fault = error;
    }
  }
}

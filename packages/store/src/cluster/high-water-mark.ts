/**
 * The high-water mark: the last position that this instance has seen, kept outside the database, so that a database that was set back
 * while no instance ran is noticed at the next start. Under an integrity code of its own.
 */
import { z } from 'zod';
import type { DocumentSource } from '../documents/documents.ts';
import { type Position, readPosition } from '../documents/history.ts';
import type { Integrity } from '../documents/integrity.ts';

/** Keeps one text outside the database; writes must be durable. Failures throw. */
export interface MarkFile {
  read(): string | undefined;
  write(text: string): void;
}

/** What the mark says. */
export interface Mark extends Position {
  /** Incarnations that an operator replaced: the store must never be one of them again. */
  readonly left: readonly string[];
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
const mostLeft = 1000;

/** Writes a mark as text. */
export function writeMark(integrity: Integrity, { incarnation, revision, head, left }: Mark): string {
  const mark = JSON.stringify({ version: 1, incarnation, revision, head, left: left.slice(-mostLeft) });
  return `${JSON.stringify({ mark, mac: integrity.ofText(purpose, mark) })}\n`;
}

/** Reads a mark; undefined: it is not one that this service wrote under this key. */
export function readMark(integrity: Integrity, text: string): Mark | undefined {
  const outer = sealed.safeParse(jsonOf(text));
  if (!outer.success || !integrity.isOwnText(purpose, outer.data.mark, outer.data.mac)) return undefined;
  const { version: _version, ...mark } = content.parse(JSON.parse(outer.data.mark));
  return mark;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The mark of one instance while it runs. */
export class MarkKeeper {
  readonly #integrity: Integrity;
  readonly #file: MarkFile | undefined;
  #mark: Mark | undefined;
  #fault: unknown;

  private constructor(integrity: Integrity, file: MarkFile | undefined, mark: Mark | undefined) {
    this.#integrity = integrity;
    this.#file = file;
    this.#mark = mark;
  }

  /** Reads the mark. One that is not this service's own fits no store: it is the operator who must say that the present one is meant. */
  static async open(source: DocumentSource, file: MarkFile | undefined): Promise<MarkKeeper> {
    const text = file?.read();
    if (text === undefined) return new MarkKeeper(source.integrity, file, undefined);
    const mark = readMark(source.integrity, text);
    if (mark !== undefined) return new MarkKeeper(source.integrity, file, mark);
    const { incarnation } = await readPosition(source);
    return new MarkKeeper(source.integrity, file, { incarnation: '', revision: 0, head: '', left: [incarnation] });
  }

  /** The position that was seen last; undefined: none. */
  get known(): Position | undefined {
    if (this.#mark === undefined) return undefined;
    const { left: _left, ...position } = this.#mark;
    return position;
  }

  /** Incarnations that must not come back. */
  get left(): readonly string[] {
    return this.#mark?.left ?? [];
  }

  /** What failed when the mark was written last; undefined: nothing. */
  get fault(): unknown {
    return this.#fault;
  }

  /** Takes a new position down. A mark that cannot be written is an operator's concern, not a reason to stop. */
  advance(position: Position, replaced: Position | undefined): void {
    this.#mark = { ...position, left: replaced === undefined ? this.left : [...this.left, replaced.incarnation] };
    try {
      this.#file?.write(writeMark(this.#integrity, this.#mark));
      this.#fault = undefined;
    } catch (error) {
      this.#fault = error;
    }
  }
}

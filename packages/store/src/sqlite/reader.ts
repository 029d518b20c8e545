/** Hands statements that read to the reader thread, so that a long one does not hold up the service. */
import type { SQLInputValue } from 'node:sqlite';
import { SqliteThread } from './thread.ts';

/** One statement that reads. */
export interface ReadRequest {
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
}

/** One reader thread over one file. */
export class SqliteReader {
  readonly #thread: SqliteThread<ReadRequest>;

  constructor(path: string) {
    this.#thread = new SqliteThread('reader', path);
  }

  /** Resolves with the rows, which are as the statement says. */
  read<Row>(request: ReadRequest): Promise<Row[]> {
    return this.#thread.ask(request);
  }

  /** Lets the thread finish what it was given, and ends it. */
  close(): Promise<void> {
    return this.#thread.close();
  }
}

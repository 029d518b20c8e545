/** Hands statements to the writer thread, in order, and waits until they are durable. */
import type { SQLInputValue } from 'node:sqlite';
import { SqliteThread } from './thread.ts';

/** One statement, run once for each row of values. */
export interface WriteStatement {
  readonly sql: string;
  readonly rows: readonly (readonly SQLInputValue[])[];
}

/** Statements that run in one transaction, in this order. */
export type WriteRequest = readonly WriteStatement[];

/** One writer thread over one file; resolves with the number of changed rows when they are durable. */
export class SqliteWriter {
  readonly #thread: SqliteThread<WriteRequest>;

  constructor(path: string) {
    this.#thread = new SqliteThread('writer', path);
  }

  /** Resolves with the number of changed rows when they are durable. */
  write(...statements: WriteRequest): Promise<number> {
    return this.#thread.ask(statements);
  }

  /** Lets the thread finish what it was given, and ends it. */
  close(): Promise<void> {
    return this.#thread.close();
  }
}

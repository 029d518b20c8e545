/**
 * One connection to the SQLite file at a path. When another file was put there, as when a backup is copied back under a running service,
 * the connection follows: otherwise it would go on with a file that nobody else sees.
 */
import { type BigIntStats, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { openConnection } from './connection.ts';

/** `SQLITE_CANTOPEN`. */
const cannotOpen = 14;

/** The file and its connection. */
export class SqliteFile {
  readonly #path: string;
  readonly #open: (path: string) => DatabaseSync;
  #database: DatabaseSync;
  #opened: BigIntStats;

  /** Opens the file, and makes it when it is not there. */
  constructor(path: string, open: (path: string) => DatabaseSync = openConnection) {
    this.#path = path;
    this.#open = open;
    this.#database = open(path);
    this.#opened = this.#stat();
  }

  /** The present connection. */
  get database(): DatabaseSync {
    return this.#database;
  }

  /** Connects to the file that is at the path now. Throws as SQLite does when there is none: it is not made again. */
  follow(): void {
    const now = this.#stat();
    if (now.ino === this.#opened.ino && now.dev === this.#opened.dev) return;
    if (this.#database.isOpen) this.#database.close();
    this.#database = this.#open(this.#path);
    this.#opened = this.#stat();
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #stat(): BigIntStats {
    const found = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    if (found !== undefined) return found;
    throw Object.assign(new Error('the database file is gone'), { errcode: cannotOpen });
  }
}

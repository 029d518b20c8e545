/**
 * One connection to the SQLite file at a path. When the file is replaced, as when a backup is copied back under a running service, the connection
 * follows. Otherwise it would continue with a file that nobody else sees.
 */
import { type BigIntStats, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { logReplaced } from '../database/log-replaced.ts';
import { openConnection } from './connection.ts';

/** `SQLITE_CANTOPEN`. */
const cannotOpen = 14;

/** The file and its connection. */
export class SqliteFile {
  readonly #path: string;
  readonly #open: (path: string) => DatabaseSync;
  #database: DatabaseSync;
  #opened: BigIntStats;
  /** The inode of the write-ahead log, once it is there: it stays for as long as a connection is open. */
  #log: bigint | undefined;

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

  /**
   * Connects to the file that is at the path now. Throws as SQLite does when there is none: it is not made again. Throws {@link logReplaced} when
   * the file is the same and its log is another one: what this connection writes then nobody else sees.
   */
  follow(): void {
    const now = this.#stat();
    if (now.ino === this.#opened.ino && now.dev === this.#opened.dev) {
      this.#checkLog();
      return;
    }
    this.#log = undefined;
    if (this.#database.isOpen) this.#database.close();
    this.#database = this.#open(this.#path);
    this.#opened = this.#stat();
  }

  #checkLog(): void {
    const log = statSync(`${this.#path}-wal`, { bigint: true, throwIfNoEntry: false })?.ino;
    if (this.#log === undefined || !this.#database.isOpen) this.#log = log;
    else if (log !== this.#log) {
      throw Object.assign(new Error('the write-ahead log was replaced'), { errcode: logReplaced });
    }
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

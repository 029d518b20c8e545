/**
 * The files of a spool: one JSON row per line in the state directory, durable when a write resolves. Another process may take over files, even
 * one that is being written. What it could have missed is written again; rows carry their identity, so a repeated write is harmless. Files are
 * drained in the order in which a process wrote them, because its rows are a chain.
 */

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Refused } from '@atesto/core';
import { z } from 'zod';
import type { AuditCode } from '../codes.ts';
import type { AuditRow } from '../database/schema.ts';

const text = z.string().nullable();
const rowSchema = z.strictObject({
  id: z.string(),
  at_ms: z.number(),
  operation: z.string(),
  provider: text,
  attestation_type: text,
  caller: text,
  address: text,
  request_id: z.string(),
  verdict: z.string(),
  code: text,
  refused_at: text,
  evidence_digest: text,
  policy_digest: text,
  policy_version: z.number().nullable(),
  token_id: text,
  detail: text,
  link: z.string(),
});

const ending = '.jsonl';
const takenEnding = `.taken${ending}`;

/** The files of one directory. */
export class SpoolFiles {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #process = randomUUID();
  #number = 0;

  /** `maxBytes`: how large the file of this process may become. */
  constructor(directory: string, maxBytes: number) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
  }

  /** Appends rows. Resolves when they are durable. Throws `Refused` with `audit-unavailable` when the file or the disk is full. */
  async write(rows: readonly AuditRow[]): Promise<void> {
    const lines = `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
    try {
      while (!(await this.#append(lines)));
    } catch (error) {
      const code = codeOf(error);
      if (!diskFaults.has(code)) throw error;
      throw unavailable(
        `the database is down, and the spool directory cannot be written: ${diskFaults.get(code)} (${code})`,
      );
    }
  }

  /**
   * Passes all waiting rows to `append`, file by file, and removes each file when its rows are stored. Returns the paths of files with
   * malformed lines: those are renamed and kept.
   */
  async drain(append: (rows: readonly AuditRow[]) => Promise<void>): Promise<string[]> {
    const damaged: string[] = [];
    for (const name of await this.#names()) {
      const path = await this.#drainFile(name, append);
      if (path !== undefined) damaged.push(path);
    }
    return damaged;
  }

  /** Whether rows of this process wait, also in files that another process took over. */
  async hasOwnRows(): Promise<boolean> {
    return (await this.#names()).some((name) => name.startsWith(this.#process));
  }

  /** Whether rows wait. */
  async hasRows(): Promise<boolean> {
    return (await this.#names()).length > 0;
  }

  /** Returns false when another process took over the file meanwhile: whether it read the lines is unknown. */
  async #append(lines: string): Promise<boolean> {
    const { file, path } = await this.#open();
    try {
      const { ino, size } = await file.stat();
      if (size + Buffer.byteLength(lines) > this.#maxBytes) throw unavailable(full);
      try {
        await file.appendFile(lines);
        await file.datasync();
      } catch (error) {
        // What was written in part would run into the next line.
        await file.truncate(size);
        throw error;
      }
      if (size === 0) await flushDirectory(this.#directory);
      const now = await stat(path).catch(() => undefined);
      return now?.ino === ino;
    } finally {
      await file.close();
    }
  }

  /** The file of this process. When that was taken over, a new one that sorts after it. */
  async #open(): Promise<{ file: FileHandle; path: string }> {
    const present = join(this.#directory, this.#name());
    try {
      return { file: await open(present, constants.O_WRONLY | constants.O_APPEND), path: present };
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
    this.#number += 1;
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const path = join(this.#directory, this.#name());
    return { file: await open(path, 'a', 0o600), path };
  }

  #name(): string {
    return `${this.#process}-${String(this.#number).padStart(8, '0')}${ending}`;
  }

  async #drainFile(name: string, append: (rows: readonly AuditRow[]) => Promise<void>): Promise<string | undefined> {
    const given = join(this.#directory, name);
    const taken = name.endsWith(takenEnding) ? given : `${given.slice(0, -ending.length)}${takenEnding}`;
    if (taken !== given) await rename(given, taken);
    let through = -1;
    let isDamaged = false;
    // A writer that had the file open may have added to it meanwhile.
    for (let content = await readFile(taken); content.length !== through; content = await readFile(taken)) {
      const { rows, malformed } = rowsIn(content.toString());
      await append(rows);
      isDamaged = malformed > 0;
      through = content.length;
    }
    if (isDamaged) {
      await rename(taken, `${taken}.damaged`);
      return `${taken}.damaged`;
    }
    await unlink(taken);
    return undefined;
  }

  async #names(): Promise<string[]> {
    const names = await readdir(this.#directory).catch(() => []);
    return names.filter((name) => name.endsWith(ending)).sort();
  }
}

/** The rows of a file, and the number of malformed lines. A last line that a crash cut off was never acknowledged. */
function rowsIn(content: string): { rows: AuditRow[]; malformed: number } {
  const lines = content.split('\n').slice(0, -1);
  const rows = lines.flatMap((line) => {
    const parsed = rowSchema.safeParse(parsedOr(line));
    return parsed.success ? [parsed.data] : [];
  });
  return { rows, malformed: lines.length - rows.length };
}

function parsedOr(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function flushDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

const full = 'the database is down, and the spool file is full';

/** Error codes of the operating system for a disk that cannot be written. */
const diskFaults: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the quota of the disk is used up'],
  ['EIO', 'the disk failed'],
  ['EROFS', 'the disk is read-only'],
  ['EACCES', 'permission is denied'],
]);

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function unavailable(why: string): Refused<AuditCode> {
  return new Refused<AuditCode>({ code: 'audit-unavailable', where: 'audit', why });
}

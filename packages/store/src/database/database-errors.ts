/** Turns failures of the database into refusals. Only bugs stay exceptions. */
import { type Outcome, Refused, refuse, unwrap } from '@atesto/core';
import { type StorageCode, storageCodes } from '../codes.ts';
import { logReplaced } from './log-replaced.ts';

/** Runs work and returns its outcome: a value, or the refusal that it threw or that the failure of the database means. */
export async function asOutcome<Value>(work: () => Promise<Value>): Promise<Outcome<Value, StorageCode>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (isStorageRefusal(error)) return { ok: false, refusal: error.refusal };
    const reason = outageOf(error);
    if (reason === undefined) throw error;
    return { ok: false, refusal: { code: 'store-unavailable', where: 'database', why: reason } };
  }
}

/** The same, but throws refusals as {@link Refused}. */
export async function orRefuse<Value>(work: () => Promise<Value>): Promise<Value> {
  return unwrap(await asOutcome(work));
}

/** Whether the database reported a missing table or column: it belongs to another release, or is new and empty. */
export function isSchemaMismatch(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('errcode' in error) return error.errcode === 1 && /^no such (table|column)/.test(error.message);
  return 'code' in error && (error.code === '42P01' || error.code === '42703');
}

/** Whether both databases store a string unchanged: it is well-formed Unicode without NUL. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Refuses with `value-unstorable` a string that one of the databases would refuse or change. */
export function checkStorable(where: string, text: string | null): void {
  if (text !== null && !isStorable(text)) {
    refuse<StorageCode>('value-unstorable', where, 'it holds a NUL character or a lone surrogate');
  }
}

function isStorageRefusal(error: unknown): error is Refused<StorageCode> {
  return error instanceof Refused && Object.hasOwn(storageCodes, error.refusal.code);
}

/** Primary result codes of SQLite that speak of the file or its locks and not of the statement (sqlite.org/rescode.html). */
const sqliteOutages = new Map([
  [5, 'the database file is locked by another process'],
  [6, 'the database is locked'],
  [8, 'the database file cannot be written'],
  [10, 'reading or writing the database file failed (SQLITE_IOERR)'],
  [11, 'the database file is corrupt'],
  [13, 'the disk is full (SQLITE_FULL)'],
  [14, 'the database file cannot be opened'],
  [26, 'the file is not a database'],
]);

const logReplacedWhy =
  'its write-ahead log was removed or replaced while the service had it open; end the service with SIGKILL, so that it writes nothing into the file, put the backup back as a whole and start it again';

/** SQLSTATE classes of PostgreSQL that speak of the connection or the server (Appendix A of its manual). */
const postgresOutages = ['08', '25006', '25P03', '28', '3D000', '40', '53', '55P03', '57', '58', 'XX'];
/** Faults that operators need by name: the server runs but cannot write. */
const postgresDiskFaults = new Map([
  ['53100', 'the disk of the database server is full'],
  ['58030', 'reading or writing on the database server failed'],
]);
const socketOutages = /^(E[A-Z_]+|ERR_[A-Z_]*(TLS|SSL|SOCKET)[A-Z_]*)$/;
// pg reports these without a code.
const clientOutages =
  /^(Connection terminated|timeout|Query read timeout|Client was closed|Client has encountered|Cannot use a pool)/;

// The reason names the error's code and never its text, which can quote values or a connection string.
function outageOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('errcode' in error && typeof error.errcode === 'number') {
    return error.errcode === logReplaced ? logReplacedWhy : sqliteOutages.get(error.errcode & 0xff);
  }
  if (error instanceof AggregateError && error.errors.length > 0) return outageOf(error.errors[0]);
  if ('code' in error && typeof error.code === 'string') {
    const { code } = error;
    if (code === 'ERR_INVALID_STATE') return 'the database is closed';
    if (postgresDiskFaults.has(code)) return `${postgresDiskFaults.get(code)} (${code})`;
    const known = code.length === 5 ? postgresOutages.some((start) => code.startsWith(start)) : false;
    return known || socketOutages.test(code) ? `the database answered ${code}` : undefined;
  }
  if (clientOutages.test(error.message)) return 'the connection to the database broke';
  return error.message === 'driver has already been destroyed' ? 'the store is closed' : undefined;
}

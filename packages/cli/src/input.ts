/** Reads what the arguments name: files and times. */
import { readFileSync } from 'node:fs';
import { UsageError } from './failure.ts';

const largestFile = 32 * 1024 * 1024;

/** The bytes of a file. */
export function readInput(path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    throw new UsageError(`${path} cannot be read`);
  }
  if (bytes.length > largestFile) throw new UsageError(`${path} is larger than 32 MiB`);
  return bytes;
}

/** A time in ISO 8601 with its zone, such as 2025-10-01T00:00:00Z. */
export function parseTime(text: string): Date {
  const time = new Date(text);
  if (!/^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) || Number.isNaN(time.getTime())) {
    throw new UsageError(`${text} is not a time such as 2025-10-01T00:00:00Z`);
  }
  return time;
}

/** Values of options, read strictly: each reader refuses with the form it wants. */
import { InvalidArgumentError } from 'commander';

const timeForm = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?$/;

/** A time of RFC 3339, a date (its first second, UTC), or `now`. */
export function readTime(text: string): Date {
  if (text === 'now') return new Date();
  const time = new Date(timeForm.test(text) && isDay(text.slice(0, 10)) ? text : Number.NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError('Write a time such as 2025-10-01T00:00:00Z, a date, or now.');
}

/** The engine takes 30 February for 2 March. */
function isDay(date: string): boolean {
  const day = new Date(date);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}

/** Hexadecimal digits for `sizeBytes` bytes; answers them in lower case. */
export function readHex(sizeBytes: number): (text: string) => string {
  return (text) => {
    if (text.length === 2 * sizeBytes && /^[0-9a-fA-F]+$/.test(text)) return text.toLowerCase();
    throw new InvalidArgumentError(`Write ${2 * sizeBytes} hexadecimal digits.`);
  };
}

/** A whole number in a range. */
export function readInteger(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}.`);
  };
}

/** An option that may be given several times. */
export function collected<Value>(read: (text: string) => Value): (text: string, before?: Value[]) => Value[] {
  return (text, before = []) => [...before, read(text)];
}

/** TCB statuses that a baseline may accept; `Revoked` is never accepted. Source: Intel's TCB info, `tcbStatus`. */
const tcbStatusTexts = [
  'UpToDate',
  'SWHardeningNeeded',
  'ConfigurationNeeded',
  'ConfigurationAndSWHardeningNeeded',
  'OutOfDate',
  'OutOfDateConfigurationNeeded',
] as const;
/** A TCB status as an option says it. */
export type TcbStatusText = (typeof tcbStatusTexts)[number];

/** A TCB status. */
export function readTcbStatus(text: string): TcbStatusText {
  const status = tcbStatusTexts.find((known) => known.toLowerCase() === text.toLowerCase());
  if (status !== undefined) return status;
  throw new InvalidArgumentError(`Write one of ${tcbStatusTexts.join(', ')}.`);
}

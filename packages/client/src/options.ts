/** Options that several calls share. */
import { ClientError } from './error.ts';

const longestMs = 600_000;

/** Checks a time-out: 1 to 600000 milliseconds. */
export function checkMilliseconds(value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= longestMs) return value;
  throw new ClientError('option-invalid', 'timeoutMilliseconds', `it must be a whole number from 1 to ${longestMs}`);
}

/** The log of a service under test, line by line. */
import type { LogSink } from '../http/server.ts';

/** The members of a line that tests look at. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly event?: string;
  readonly dependency?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly code?: string;
  readonly where?: string;
}

/** A log that tells when a line comes. */
export function watchedLog(): LogSink & {
  readonly lines: LogLine[];
  next(is: (line: LogLine) => boolean): Promise<LogLine>;
} {
  const lines: LogLine[] = [];
  let waiting: { is(line: LogLine): boolean; resolve(line: LogLine): void }[] = [];
  return {
    lines,
    write: (text) => {
      const line: LogLine = JSON.parse(text);
      lines.push(line);
      for (const { resolve } of waiting.filter(({ is }) => is(line))) resolve(line);
      waiting = waiting.filter(({ is }) => !is(line));
    },
    /** The first line of the kind from now on. */
    next: (is) => new Promise((resolve) => waiting.push({ is, resolve })),
  };
}

/** What does a command see of the world? Everything a test may put in place of the process's own. */
import { text } from 'node:stream/consumers';

/** The world around one run. */
export interface Surroundings {
  /** Writes results. */
  readonly out: (text: string) => void;
  /** Writes accounts, hints and failures. */
  readonly err: (text: string) => void;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
  /** Whether colours may be used on standard output, and on standard error. */
  readonly colour: { readonly out: boolean; readonly err: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves when the user or the system asks the program to stop. */
  readonly stopRequested: () => Promise<void>;
}

/** This process's. Colours: on a terminal, unless `NO_COLOR` is set (no-color.org). */
export function processSurroundings(): Surroundings {
  const { env, stdin, stdout, stderr } = process;
  const { NO_COLOR = '', TERM } = env;
  const allowed = NO_COLOR === '' && TERM !== 'dumb';
  // A reader that has had enough, such as `head`, is no failure.
  stdout.on('error', (error) => {
    if (Reflect.get(error, 'code') === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    out: (line) => void stdout.write(line),
    err: (line) => void stderr.write(line),
    readInput: () => text(stdin),
    colour: { out: allowed && stdout.isTTY === true, err: allowed && stderr.isTTY === true },
    env,
    stopRequested,
  };
}

function stopRequested(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // The handlers stay: a signal that comes twice must not cut the orderly end short.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  return promise;
}

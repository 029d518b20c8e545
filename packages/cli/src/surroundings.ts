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
  /** Calls `listener` each time the program is asked to read its settings anew. */
  readonly onReloadRequest: (listener: () => void) => void;
}

/** This process's. Colours: on a terminal, unless `NO_COLOR` is set (no-color.org). */
export function processSurroundings(): Surroundings {
  const { env, stdin, stdout, stderr } = process;
  const { NO_COLOR = '', TERM } = env;
  const isInTerminal = [stdin, stdout, stderr].some(({ isTTY }) => isTTY === true);
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
    stopRequested: () => stopRequested(isInTerminal ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM']),
    // In a terminal SIGHUP says that it was closed.
    onReloadRequest: (listener) => void (isInTerminal || process.on('SIGHUP', listener)),
  };
}

function stopRequested(signals: readonly NodeJS.Signals[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // The handlers stay: a signal that comes twice must not cut the orderly end short.
  for (const signal of signals) process.on(signal, () => resolve());
  return promise;
}

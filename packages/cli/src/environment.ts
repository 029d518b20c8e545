/** What a command uses of its process: streams, variables and signals, replaceable in tests. */
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';

/** The environment of one run. */
export interface CliEnvironment {
  /** Writes results. */
  readonly out: (text: string) => void;
  /** Writes explanations, hints and failures. */
  readonly err: (text: string) => void;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
  /** Asks the user and gives the answer; undefined: nobody is there to answer. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Whether colors may be used on standard output, and on standard error. */
  readonly color: { readonly out: boolean; readonly err: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves when the user or the system asks the program to stop. */
  readonly stopRequested: () => Promise<void>;
  /** Calls `listener` each time the program is asked to reload its settings. */
  readonly onReloadRequest: (listener: () => void) => void;
}

/** The environment of this process. Colors: on a terminal, unless `NO_COLOR` is set (no-color.org). */
export function processEnvironment(): CliEnvironment {
  const { env, stdin, stdout, stderr } = process;
  const { NO_COLOR = '', TERM } = env;
  const isInTerminal = [stdin, stdout, stderr].some(({ isTTY }) => isTTY === true);
  const allowed = NO_COLOR === '' && TERM !== 'dumb';
  // A reader that closes the pipe early, such as `head`, is not a failure.
  stdout.on('error', (error) => {
    if (Reflect.get(error, 'code') === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    out: (line) => void stdout.write(line),
    err: (line) => void stderr.write(line),
    readInput: () => text(stdin),
    ask: stdin.isTTY === true && stderr.isTTY === true ? askOnTerminal : undefined,
    color: { out: allowed && stdout.isTTY === true, err: allowed && stderr.isTTY === true },
    env,
    stopRequested: () => stopRequested(isInTerminal ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM']),
    // In a terminal, SIGHUP means that the terminal was closed.
    onReloadRequest: (listener) => void (isInTerminal || process.on('SIGHUP', listener)),
  };
}

/** An input that ends without an answer gives an empty one. */
async function askOnTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  terminal.once('close', () => resolve(''));
  try {
    return await Promise.race([terminal.question(question), ended]);
  } finally {
    terminal.close();
  }
}

function stopRequested(signals: readonly NodeJS.Signals[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // The handlers stay: a second signal must not interrupt the shutdown.
  for (const signal of signals) process.on(signal, () => resolve());
  return promise;
}

/** Runs the command line: as a process of its own, or inside the test for speed. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { run } from '../run.ts';

/** How a run ended. */
export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run is given besides its arguments. */
export interface CliInput {
  readonly stdin?: string;
  /** What the user answers to a question. Default: there is no terminal to ask on. Only inside the test. */
  readonly answer?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: string;
  /** Options of Node; only as a process. */
  readonly nodeOptions?: readonly string[];
  /** When it settles, the run is asked to stop. Default: never. Only inside the test. */
  readonly stop?: Promise<void>;
}

export const binary = fileURLToPath(new URL('../../bin/atesto.js', import.meta.url));

/** What a program needs to start quickly, and nothing that changes what it does. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return { PATH, ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }) };
}

/** As a process: what a user gets. */
export async function spawnCli(args: readonly string[], input: CliInput = {}): Promise<CliResult> {
  const child = spawn(input.node ?? process.execPath, [...(input.nodeOptions ?? []), binary, ...args], {
    env: { ...bareEnvironment(), ...input.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on('error', reject);
  child.on('close', (code) => resolve(code ?? -1));
  child.stdin.end(input.stdin ?? '');
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), promise]);
  return { exitCode, stdout, stderr };
}

/** In this process: the same code without the start of a program. */
export async function runCli(args: readonly string[], input: CliInput = {}): Promise<CliResult> {
  let stdout = '';
  const answering = (answer: string) => async (question: string) => {
    stderr += question;
    return answer;
  };
  let stderr = '';
  const exitCode = await run(args, {
    out: (line) => {
      stdout += line;
    },
    err: (line) => {
      stderr += line;
    },
    readInput: async () => input.stdin ?? '',
    ask: input.answer === undefined ? undefined : answering(input.answer),
    color: { out: false, err: false },
    env: input.env ?? {},
    onReloadRequest: () => {},
    stopRequested: () => input.stop ?? new Promise(() => {}),
  });
  return { exitCode, stdout, stderr };
}

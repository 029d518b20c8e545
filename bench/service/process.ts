/** Processes of this benchmark: servers on one core, the load client on another, each asked by messages. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** Where a server listens. */
export interface ServerAddress {
  readonly url: string;
  readonly caFile: string;
}

/** A process that answers each message with one message. */
export interface Partner {
  ask<Reply>(message: object | string): Promise<Reply>;
  stop(): void;
}

/** Whether processes can be held to one core each. */
export const canPin: boolean = availableParallelism() > 1 && hasTaskset();

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Starts `file` of this folder on a core; `more` are further arguments, `options` those of Node. */
export function startPartner(
  file: string,
  directory: string,
  core: number,
  more: readonly string[] = [],
  options: readonly string[] = [],
): Partner {
  const node = [process.execPath, '--expose-gc', ...options, join(import.meta.dirname, file), directory, ...more];
  const [command = '', ...args] = canPin ? ['taskset', '--cpu-list', String(core), ...node] : node;
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return {
    ask: (message) => {
      child.send(message);
      return nextMessage(child);
    },
    stop: () => {
      if (child.connected) child.disconnect();
    },
  };
}

function nextMessage<Reply>(child: ChildProcess): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const ended = (): void => reject(new Error('a process of the benchmark ended'));
  child.once('exit', ended);
  child.once('message', (message: Reply) => {
    child.off('exit', ended);
    resolve(message);
  });
  return promise;
}

/** In the process: answers messages until the other side leaves. */
export function answerMessages(answer: (message: unknown) => Promise<object> | object, end: () => void): void {
  process.on('message', (message) => {
    void Promise.resolve(answer(message)).then((reply) => process.send?.(reply));
  });
  process.on('disconnect', end);
}

/** Bytes in use after a collection of garbage. */
export interface Memory {
  readonly heapBytes: number;
  readonly residentBytes: number;
}

/** The memory of this process. */
export function memoryNow(): Memory {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapBytes: heapUsed, residentBytes: rss };
}

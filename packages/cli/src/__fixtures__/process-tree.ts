/** Services in processes of their own, started as users start them, and the processes that stand behind them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFile } from './directory.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Makes a process take itself for an older Node, so that the command line hands over. */
export const asOldNode = `--import=data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.0.0'}})`;

/** Settings of a service on free ports. */
export function servingSettings(more: object = {}): string {
  const settings = { listen: { port: 0 }, developmentIdentity: { port: 0 }, stateDirectory: 'state', ...more };
  return temporaryFile('atesto.json', JSON.stringify({ log: { level: 'silent' }, ...settings }));
}

/** A started service. */
export interface StartedService {
  readonly child: ChildProcess;
  /** Standard output of all its processes: it ends when the last of them has ended. */
  readonly ended: Promise<void>;
  /** How the started process ends. */
  readonly exit: Promise<[code: number | null, signal: NodeJS.Signals | null]>;
}

/** Starts a program in the project's directory as the leader of a process group of its own; resolves when the service listens. */
export async function startProgram(program: string, args: readonly string[]): Promise<StartedService> {
  const child = spawn(program, args, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid } = child;
  if (pid !== undefined) after(() => endGroup(pid));
  const exit = once(child, 'exit').then(([code, signal]): [number | null, NodeJS.Signals | null] => [code, signal]);
  const ended = once(child.stdout.resume(), 'close').then(() => {});
  const listening = Promise.withResolvers<void>();
  const said: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    said.push(line);
    if (line.startsWith('Atesto listens')) listening.resolve();
  });
  void ended.then(() => listening.reject(new Error(`it ended: ${said.join('\n')}`)));
  await listening.promise;
  return { child, ended, exit };
}

/** The processes that a process started, each with its command line. */
export function childrenOf(parent: number | undefined): { readonly pid: number; readonly command: string }[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const [, ppid] = /^\d+ \(.*\) \S (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      if (Number(ppid) !== parent) return [];
      return [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
    } catch {
      return [];
    }
  });
}

function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended, as it should.
  }
}

// Notices that npm, which started this process, is gone. Runs under any Node.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const checkMs = 500;
const shells = new Set(['sh', 'ash', 'bash', 'dash', 'ksh', 'zsh']);

/**
 * Calls `stop` once when npm is gone. npm starts a shell that starts this process, and that shell passes no signal on: when npm is told to stop
 * the shell alone ends, when npm is killed not even that, and nothing reaches this process. Whoever starts it without npm may leave it behind on
 * purpose, as `nohup` does: then nothing is watched.
 */
export function whenNpmIsGone(stop) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const { ppid, name } = describe(parent);
  const watched = shells.has(name) ? [parent, ppid] : [parent];
  const timer = setInterval(() => {
    if (process.ppid === parent && watched.every(isRunning)) return;
    clearInterval(timer);
    stop();
  }, checkMs);
  timer.unref();
}

/** The parent and the program's name of a process; of one that cannot be looked at nothing is known. */
function describe(pid) {
  try {
    if (process.platform === 'linux') {
      const [, name, ppid] = /^\d+ \((.*)\) \S (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      return { name, ppid: Number(ppid) };
    }
    if (process.platform === 'win32') return { name: '', ppid: 0 };
    const [, ppid, path] = /^\s*(\d+)\s+(.*?)\s*$/.exec(
      execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' }),
    );
    return { name: path.replace(/^.*\/|^-/g, ''), ppid: Number(ppid) };
  } catch {
    return { name: '', ppid: 0 };
  }
}

/** Whether there is a process of this number. */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

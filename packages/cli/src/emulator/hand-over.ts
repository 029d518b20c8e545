/** Runs the emulator where its package is not installed: npm fetches it for this one run, as `npx` does. */
import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { CliFailure } from '../failure.ts';
import { exitCodes, type Session } from '../session.ts';
import { emulatorSpecifier } from './load.ts';

/** Runs `npm exec` and resolves to its exit code. Throws `CliFailure` where there is no npm. */
export function runFetchedEmulator(args: readonly string[], session: Session): Promise<number> {
  session.err(`atesto: the emulator is a package of its own; npm fetches ${emulatorSpecifier} for this run.\n`);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const npmArgs = ['exec', '--yes', `--package=${emulatorSpecifier}`, '--', 'atesto-emulator', ...args];
  // On Windows npm is a script, which only a shell runs.
  // npm and what it starts run under this Node: the first on the path may be too old.
  const env = { ...session.env, PATH: `${dirname(process.execPath)}${delimiter}${session.env.PATH ?? ''}` };
  const child = spawn('npm', npmArgs, { stdio: 'inherit', env, shell: process.platform === 'win32' });
  void session.stopRequested().then(() => child.kill('SIGTERM'));
  child.on('error', () => {
    const hint = `Install it: npm install ${emulatorSpecifier} beside atesto.`;
    reject(new CliFailure(exitCodes.unavailable, 'npm cannot be started, which would fetch the emulator', hint));
  });
  child.on('exit', (code) => resolve(code ?? 143));
  return promise;
}

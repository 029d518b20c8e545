/** A TPM 2.0 that is no work of this project: swtpm, driven by tpm2-tools over a socket of its own directory. */
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { stateDirectory } from '@atesto/store/testing';

const run = promisify(execFile);
const patienceMs = 60_000;

/** For the `skip` option of a test: false when the programs are there, else the reason. */
export function softwareTpmMissing(): false | string {
  try {
    for (const program of ['swtpm', 'tpm2_quote']) execFileSync(program, ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'SKIPPED: no swtpm and tpm2-tools (Debian: apt-get install swtpm tpm2-tools)';
  }
}

/** A running TPM with fresh seeds; it ends with the tests of the file. */
export class SoftwareTpm {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async start(): Promise<SoftwareTpm> {
    const directory = stateDirectory();
    const socket = (name: string): string => `type=unixio,path=${join(directory, name)}`;
    const pidFile = join(directory, 'pid');
    await run('swtpm', [
      ...['socket', '--tpm2', '--tpmstate', `dir=${directory}`],
      ...['--server', socket('tpm'), '--ctrl', socket('tpm.ctrl')],
      ...['--flags', 'not-need-init,startup-clear', '--daemon', '--pid', `file=${pidFile}`],
    ]);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    after(() => process.kill(pid));
    return new SoftwareTpm(directory);
  }

  /** Runs one of the tools in the directory, and frees what it loaded: a TPM has room for three objects. */
  async tool(name: string, ...args: string[]): Promise<void> {
    await this.#run(name, args);
    await this.#run('tpm2_flushcontext', ['-t']);
  }

  /** A file that a tool wrote. */
  file(name: string): Buffer {
    return readFileSync(this.path(name));
  }

  path(name: string): string {
    return join(this.#directory, name);
  }

  async #run(name: string, args: readonly string[]): Promise<void> {
    const env = { PATH: process.env.PATH, TPM2TOOLS_TCTI: `swtpm:path=${this.path('tpm')}` };
    await run(name, args, { cwd: this.#directory, env, timeout: patienceMs });
  }
}

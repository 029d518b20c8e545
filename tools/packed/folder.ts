/** A fresh folder with nothing but Node: where packages are installed and run as their users do. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { root } from '../pack/workspace.ts';

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

const limitMs = 180_000;

/** A folder, removed at the end. */
export class Folder {
  readonly path: string;
  readonly #node: string;

  /** @param node the Node that runs everything, npm too  @param registry where packages of Atesto come from */
  constructor(node: string, registry: string) {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), 'atesto-packed-')));
    this.#node = node;
    writeFileSync(join(this.path, 'package.json'), '{"private": true, "type": "module"}\n');
    const lines = [
      `@atesto:registry=${registry}`,
      'audit=false',
      'fund=false',
      'loglevel=error',
      'update-notifier=false',
    ];
    writeFileSync(join(this.path, '.npmrc'), `${lines.join('\n')}\n`);
  }

  /** Writes a file. */
  write(name: string, content: string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  /** Runs a command to its end. `node` is this folder's, and so are npm and npx. */
  async run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const begun = performance.now();
    const [file = '', ...args] = this.#resolve(words);
    const child = spawn(file, args, { cwd: this.path, env: { ...this.#environment(), ...env }, timeout: limitMs });
    const ended = Promise.withResolvers<number | null>();
    child.on('close', (code) => ended.resolve(code));
    child.on('error', ended.reject);
    child.stdin.end();
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended.promise]);
    return { code, out, err, ms: Math.round(performance.now() - begun) };
  }

  /** Runs a command that must end with 0, and returns what it wrote. */
  async must(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const ended = await this.run(words, env);
    if (ended.code !== 0) throw new Error(`${words.join(' ')} ended with ${ended.code}:\n${ended.out}${ended.err}`);
    return ended;
  }

  /** How many packages are installed, and their megabytes. */
  installed(): { readonly packages: number; readonly megabytes: number } {
    const listed = spawnSync(this.#node, [npm, 'ls', '--all', '--parseable'], { cwd: this.path, encoding: 'utf8' });
    const { stdout } = spawnSync('du', ['-sk', 'node_modules'], { cwd: this.path, encoding: 'utf8' });
    const lines = new Set(listed.stdout.split('\n').filter((line) => line.includes('node_modules')));
    return { packages: lines.size, megabytes: Math.round(Number.parseInt(stdout, 10) / 102.4) / 10 };
  }

  /** Removes it. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #resolve([name = '', ...args]: readonly string[]): readonly string[] {
    if (name === 'node') return [this.#node, ...args];
    if (name === 'npm') return [this.#node, npm, ...args];
    return name === 'npx' ? [this.#node, npm.replace('npm-cli', 'npx-cli'), ...args] : [name, ...args];
  }

  /** Nothing of this repository is on the path, and no variable of the process that runs the tests. */
  #environment(): Record<string, string> {
    const { HOME = '', PATH = '', SSL_CERT_FILE, NODE_EXTRA_CA_CERTS, https_proxy, HTTPS_PROXY } = process.env;
    const given = { SSL_CERT_FILE, NODE_EXTRA_CA_CERTS, https_proxy, HTTPS_PROXY };
    const outside = PATH.split(delimiter).filter((path) => !path.startsWith(root));
    const defined = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
    return { HOME, PATH: [dirname(this.#node), ...outside].join(delimiter), ...Object.fromEntries(defined) };
  }
}

/** The script of npm that is on the path. */
const npm = npmScript();

function npmScript(): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'npm');
    if (!folder.startsWith(root) && existsSync(path)) return realpathSync(path);
  }
  throw new Error('npm is not on the path');
}

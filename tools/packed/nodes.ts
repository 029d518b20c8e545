/** The versions of Node that the packages are tried under, each from npm. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../pack/workspace.ts';
import type { Checks } from './checks.ts';

/** One Node. */
export interface NodeVersion {
  readonly name: string;
  /** Of its program. */
  readonly path: string;
}

const versions = ['20.20.2', '22.23.5', '24.21.0', '26.12.1'];

/** Gets them once; those that npm does not give for this platform are skipped. */
export async function nodes(checks: Checks): Promise<NodeVersion[]> {
  return versions.flatMap((version) => {
    const name = `Node ${version}`;
    const path = installNode(version);
    if (path !== undefined) return [{ name, path }];
    checks.skip(name, `npm gives no ${packageName}@${version}`);
    return [];
  });
}

const packageName = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** The path of a version from npm, kept beside other caches; undefined where npm has none. */
export function installNode(version: string): string | undefined {
  const folder = join(root, 'node_modules', '.cache', 'nodes', version);
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(folder, 'node_modules', packageName, 'bin', program);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  spawnSync('npm', ['install', '--silent', `${packageName}@${version}`], {
    cwd: folder,
    shell: process.platform === 'win32',
  });
  return existsSync(path) ? path : undefined;
}

/**
 * Builds every public package into `dist/packages/<name>` and packs it beside that as a tarball: `npm run pack`. With names of folders in
 * `packages/` only those.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from './compile.ts';
import { Declarations } from './declarations.ts';
import { publishedManifest } from './manifest.ts';
import { type PublicPackage, publicPackages } from './packages.ts';
import { readManifest, root } from './workspace.ts';

const out = join(root, 'dist', 'packages');
const wanted = process.argv.slice(2);
const chosen = publicPackages.filter(({ folder }) => wanted.length === 0 || wanted.includes(folder));
const declarations = new Declarations();
if (wanted.length === 0) rmSync(out, { recursive: true, force: true });
for (const one of chosen) await pack(one);
declarations.remove();

async function pack(what: PublicPackage): Promise<void> {
  const { folder, isLibrary } = what;
  const source = join(root, 'packages', folder);
  const directory = join(out, folder);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'dist'), { recursive: true });
  const manifest = readManifest(join('packages', folder));
  const imported = await compile(what, manifest, directory);
  const declared = isLibrary ? declarations.write(what, manifest, directory) : new Set<string>();
  const published = publishedManifest(what, manifest, [...new Set([...imported, ...declared])]);
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`);
  cpSync(join(root, 'LICENSE'), join(directory, 'LICENSE'));
  writeFileSync(join(directory, 'README.md'), publishedReadme(readFileSync(join(source, 'README.md'), 'utf8')));
  if (manifest.bin !== undefined) copyLaunchers(source, directory);
  const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', out], {
    cwd: directory,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (packed.status !== 0) throw new Error(`npm pack of ${folder} failed:\n${packed.stderr}`);
  console.log(`dist/packages/${packed.stdout.trim()}`);
}

/** Links to files of the repository lead nowhere from a package. */
function publishedReadme(text: string): string {
  return text.replaceAll(/\[([^\]]+)\]\(\.\.?\/[^)]+\)/g, '$1');
}

/** The launchers start the sources in the repository, and what was compiled of them in a package. */
function copyLaunchers(source: string, directory: string): void {
  cpSync(join(source, 'bin'), join(directory, 'bin'), { recursive: true, filter: (path) => !path.endsWith('.d.ts') });
  for (const path of Object.values(readManifest(join(source).slice(root.length + 1)).bin ?? {})) {
    const launcher = join(directory, path);
    const text = readFileSync(launcher, 'utf8');
    const started = "'../src/main.ts'";
    if (!text.includes(started)) throw new Error(`${path} does not start ${started}`);
    writeFileSync(launcher, text.replace(started, "'../dist/main.js'"));
  }
}

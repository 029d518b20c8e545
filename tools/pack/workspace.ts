/** What the manifests of the workspaces say: names, exports, versions of dependencies. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The root of the repository. */
export const root = join(import.meta.dirname, '..', '..');

/** What is read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The manifest of a folder, relative to the root. */
export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}

const manifests = new Map(
  globSync('packages/*', { cwd: root }).map((folder) => {
    const manifest = readManifest(folder);
    return [manifest.name, { folder, manifest }];
  }),
);

/** Where an import of one of the packages leads: folder and source, relative to the root. Undefined for packages of others. */
export function sourceOf(specifier: string): { readonly folder: string; readonly source: string } | undefined {
  const [scope = '', name = '', ...rest] = specifier.split('/');
  const found = manifests.get(`${scope}/${name}`);
  if (found === undefined) return undefined;
  const path = found.manifest.exports?.[['.', ...rest].join('/')];
  if (path === undefined) throw new Error(`${specifier} is not exported`);
  return { folder: found.folder, source: join(found.folder, path) };
}

/** The version of a dependency, the same in every package that has it. */
export function versionOf(name: string): string {
  for (const { manifest } of manifests.values()) {
    const version = manifest.dependencies?.[name] ?? manifest.optionalDependencies?.[name];
    if (version !== undefined) return version;
  }
  throw new Error(`no package depends on ${name}`);
}

/** The exports of a package that are for everyone: what is for the tests of other packages is called testing. */
export function publicExports({ exports = {} }: Manifest): readonly (readonly [path: string, source: string])[] {
  return Object.entries(exports).filter(([path]) => path !== './testing');
}

/** The name of an export's files: `index` for the package itself. */
export function fileNameOf(path: string): string {
  return path === '.' ? 'index' : path.slice(2);
}

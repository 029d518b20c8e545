/** Compiles a package to ESM with source maps; packages of Atesto that are not published become part of it. */
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { PublicPackage } from './packages.ts';
import { fileNameOf, type Manifest, publicExports, root, sourceOf } from './workspace.ts';

/** The names of packages that the compiled files import. */
export type Imported = ReadonlySet<string>;

/** Compiles a package into `<directory>/dist`. */
export async function compile(
  { folder, entries = {}, own }: PublicPackage,
  manifest: Manifest,
  directory: string,
): Promise<Imported> {
  const sources = [
    ...publicExports(manifest).map(([path, source]) => [fileNameOf(path), join('packages', folder, source)] as const),
    ...Object.entries(entries).map(([name, source]) => [name, join('packages', source)] as const),
  ];
  const imported = new Set<string>();
  await build({
    absWorkingDir: root,
    entryPoints: sources.map(([name, source]) => ({ out: name, in: source })),
    outdir: join(directory, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    // What the lowest Node and current browsers understand.
    target: 'es2022',
    platform: 'neutral',
    sourcemap: 'linked',
    sourcesContent: true,
    chunkNames: 'chunk-[hash]',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [ownPackages(own, imported)],
  });
  return imported;
}

/** Bundles packages of Atesto but those that stay by themselves, and notes every other package. */
function ownPackages(own: readonly string[], imported: Set<string>): Plugin {
  return {
    name: 'own packages',
    setup: ({ onResolve }) => {
      onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        if (kind === 'entry-point') return undefined;
        if (isBuiltin(path)) return { path, external: true };
        const name = packageOf(path);
        const source = own.includes(name) ? undefined : sourceOf(path);
        // esbuild must know that a module without effects may be left out, as the manifest of the published package says.
        if (source !== undefined) return { path: join(root, source.source), sideEffects: false };
        imported.add(name);
        return { path, external: true };
      });
    },
  };
}

/** The package of a specifier. */
export function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

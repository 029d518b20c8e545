/** Writes the manifest of a published package. */
import type { PublicPackage } from './packages.ts';
import { fileNameOf, type Manifest, publicExports, readManifest, versionOf } from './workspace.ts';

/** Where the code is, for npm's statement of provenance: `repository` of the root's manifest, or what GitHub Actions says. */
function repositoryUrl(): string | undefined {
  const root: { readonly repository?: { readonly url: string } } & Manifest = readManifest('.');
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env;
  if (root.repository !== undefined) return root.repository.url;
  return GITHUB_REPOSITORY === undefined ? undefined : `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git`;
}

/** The manifest. @param imported the packages that its files import */
export function publishedManifest(what: PublicPackage, manifest: Manifest, imported: readonly string[]): object {
  const { folder, node, isLibrary, isProgram, optionalPeers = [] } = what;
  const { name, version, description, license, bin } = manifest;
  const url = repositoryUrl();
  const needed = imported.filter((one) => !optionalPeers.includes(one) && one !== name).toSorted();
  const own = (one: string): boolean => one.startsWith('@atesto/');
  const range = (one: string): string => (own(one) || isProgram ? '' : '^') + versionOf(one);
  const versions = (names: readonly string[]) => Object.fromEntries(names.map((one) => [one, range(one)]));
  return {
    name,
    version,
    description,
    keywords: ['attestation', 'confidential-computing', 'sgx', 'tdx', 'sev-snp', 'azure-attestation'],
    license,
    ...(url === undefined ? {} : { repository: { type: 'git', url, directory: `packages/${folder}` } }),
    type: 'module',
    ...(isLibrary ? { sideEffects: false } : {}),
    exports: {
      ...Object.fromEntries(publicExports(manifest).map(([path]) => [path, exported(path)])),
      './package.json': './package.json',
    },
    ...(bin === undefined ? {} : { bin: Object.fromEntries(Object.entries(bin).map(([k, v]) => [k, v.slice(2)])) }),
    files: ['dist', ...(bin === undefined ? [] : ['bin'])],
    engines: { node },
    dependencies: versions(needed),
    ...(optionalPeers.length === 0
      ? {}
      : {
          peerDependencies: versions(optionalPeers),
          peerDependenciesMeta: Object.fromEntries(optionalPeers.map((one) => [one, { optional: true }])),
        }),
    publishConfig: { access: 'public', provenance: true },
  };
}

function exported(path: string): object {
  const file = fileNameOf(path);
  return { types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` };
}

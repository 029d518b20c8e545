/** Compiles a program that uses every export of every library, under several compilers and kinds of module resolution, declarations checked. */

import { publicPackages } from '../pack/packages.ts';
import { publicExports, readManifest } from '../pack/workspace.ts';
import { Folder } from './folder.ts';
import { defaultNode } from './programs.ts';
import { tarballOf } from './registry.ts';

const compilers = ['5.9.3', '7.0.2'];
const resolutions = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
];
/** Libraries that programs without Node's types use. */
const forBrowsers = new Set(['relying-party', 'policy']);

/** Throws with what a compiler says. */
export async function consumerTypes(registry: string): Promise<string> {
  const folder = new Folder(defaultNode(), registry);
  try {
    const libraries = publicPackages.filter(({ isLibrary }) => isLibrary);
    const names = [
      '@types/node@24.19.2',
      ...compilers.map((version) => `typescript-${version}@npm:typescript@${version}`),
    ];
    await folder.must(['npm', 'install', ...names, ...libraries.map(({ folder: name }) => tarballOf(name))]);
    let count = 0;
    for (const isBrowser of [false, true]) {
      const used = libraries.filter(({ folder: name }) => !isBrowser || forBrowsers.has(name));
      const exported = used.flatMap(({ folder: name }) => {
        const manifest = readManifest(`packages/${name}`);
        return publicExports(manifest).map(([path]) => manifest.name + path.slice(1));
      });
      const wanted = isBrowser ? exported.filter((name) => !needsServerTypes.test(name)) : exported;
      folder.write('consumer.ts', wanted.map((name, at) => `export * as all${at} from '${name}';\n`).join(''));
      for (const version of compilers) {
        for (const resolution of resolutions) {
          const compilerOptions = {
            ...resolution,
            ...{ target: 'es2022', strict: true, noEmit: true, skipLibCheck: false },
            ...(isBrowser
              ? { lib: ['es2022', 'dom'], types: [] }
              : { lib: ['es2024', 'esnext.disposable', 'dom'], types: ['node'] }),
          };
          folder.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
          await folder.must(['node', `node_modules/typescript-${version}/bin/tsc`]);
          count++;
        }
      }
    }
    return `${count} compilations`;
  } finally {
    folder.remove();
  }
}

/** Adapters of servers bring the types of those. */
const needsServerTypes = /\/(node|fastify|hono)$/;

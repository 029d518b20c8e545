/** Lays out the declarations of a package, those of the packages that are bundled into it among them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { packageOf } from './compile.ts';
import type { PublicPackage } from './packages.ts';
import { fileNameOf, type Manifest, publicExports, root, sourceOf } from './workspace.ts';

/** The declarations of every source, made by the compiler once. */
export class Declarations {
  readonly #directory = mkdtempSync(join(tmpdir(), 'atesto-declarations-'));

  constructor() {
    const config = join(this.#directory, 'tsconfig.json');
    const compilerOptions = {
      ...{ noEmit: false, emitDeclarationOnly: true, declaration: true, stripInternal: true },
      ...{ rootDir: root, outDir: this.#directory, typeRoots: [join(root, 'node_modules/@types')] },
    };
    const include = [join(root, 'packages/*/src/**/*.ts')];
    const exclude = ['**/node_modules', join(root, 'packages/*/src/**/*.test.ts'), join(root, '**/__fixtures__')];
    writeFileSync(config, JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include, exclude }));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', config], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the declarations cannot be made:\n${stdout}${stderr}`);
  }

  /** Writes those of a package to `<directory>/dist`: one file for each export, the others below `types`. */
  write({ folder, own }: PublicPackage, manifest: Manifest, directory: string): Set<string> {
    const writer = new Writer(this.#directory, join(directory, 'dist'), own);
    for (const [path, source] of publicExports(manifest)) {
      const target = `types/${join(folder, source.replace(/^\.\/src\//, ''))}`.replace(/\.ts$/, '.js');
      writer.add(join('packages', folder, source));
      writeFileSync(join(directory, 'dist', `${fileNameOf(path)}.d.ts`), `export * from './${target}';\n`);
    }
    return writer.imported;
  }

  /** Removes what the compiler made. */
  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Imports and exports as the compiler writes them, and `import()` types, each with its specifier. */
const specifiers = /(?<before>\bfrom |^import |\bimport\()(?<quote>['"])(?<specifier>[@\w./:-]+)\k<quote>(?=;$|\))/gm;

class Writer {
  readonly #from: string;
  readonly #to: string;
  readonly #own: readonly string[];
  readonly #written = new Set<string>();
  /** The packages that the declarations import. */
  readonly imported = new Set<string>();

  constructor(from: string, to: string, own: readonly string[]) {
    this.#from = from;
    this.#to = to;
    this.#own = own;
  }

  /** Writes the declarations of a source, and of all that they import. @param source relative to the root */
  add(source: string): void {
    if (this.#written.has(source)) return;
    this.#written.add(source);
    const target = this.#targetOf(source);
    const text = readFileSync(join(this.#from, source.replace(/\.ts$/, '.d.ts')), 'utf8');
    const needed: string[] = [];
    const rewritten = text.replace(specifiers, (whole, before: string, quote: string, specifier: string) => {
      const leadsTo = this.#sourceOf(specifier, source);
      if (leadsTo === undefined) return whole;
      needed.push(leadsTo);
      const path = relative(dirname(target), this.#targetOf(leadsTo))
        .replaceAll('\\', '/')
        .replace(/\.d\.ts$/, '.js');
      return `${before}${quote}${path.startsWith('.') ? path : `./${path}`}${quote}`;
    });
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, rewritten);
    for (const path of needed) this.add(path);
  }

  /** The source that a specifier leads to; undefined when it stays as it is. */
  #sourceOf(specifier: string, source: string): string | undefined {
    if (specifier.startsWith('.')) return join(dirname(source), specifier.replace(/\.js$/, '.ts'));
    if (isBuiltin(specifier)) return undefined;
    const name = packageOf(specifier);
    if (!this.#own.includes(name)) {
      const found = sourceOf(specifier);
      if (found !== undefined) return found.source;
    }
    this.imported.add(name);
    return undefined;
  }

  /** `packages/core/src/outcome.ts` becomes `types/core/outcome.d.ts`. */
  #targetOf(source: string): string {
    const [, folder = '', , ...rest] = source.replaceAll('\\', '/').split('/');
    return join(this.#to, 'types', folder, ...rest).replace(/\.ts$/, '.d.ts');
  }
}

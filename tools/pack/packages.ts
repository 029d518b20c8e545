/** The packages that are published, and what each is made of. The other packages are bundled into those that use them (ADR 11). */

/** One public package. */
export interface PublicPackage {
  /** The folder in `packages/`. */
  readonly folder: string;
  /** The lowest Node that it works under; the tests of the packed packages run it there. */
  readonly node: string;
  /** Threads and entry points besides the exports: the name in `dist` and the source, below `packages/`. */
  readonly entries?: Readonly<Record<string, string>>;
  /** Packages of Atesto that stay packages of their own. The others are bundled. */
  readonly own: readonly string[];
  /** Whether the exports have declarations. */
  readonly isLibrary: boolean;
  /** Whether versions of dependencies are exact, as for programs, or ranges, so that a program has each library once. */
  readonly isProgram: boolean;
  /** Packages that need not be there. */
  readonly optionalPeers?: readonly string[];
}

/** The threads of a service: their files are looked for beside the code that starts them. */
const threads = {
  worker: 'service/src/policy-workers/worker.ts',
  'writer-thread': 'store/src/sqlite/writer-thread.ts',
  'reader-thread': 'store/src/sqlite/reader-thread.ts',
};

const library = { own: [], isLibrary: true, isProgram: false } as const;

/** All of them, each after those that it needs. */
export const publicPackages: readonly PublicPackage[] = [
  { folder: 'relying-party', node: '>=20', ...library },
  { folder: 'policy', node: '>=20', ...library },
  { folder: 'evidence', node: '>=20', ...library },
  { folder: 'endorsements', node: '>=22.19', ...library, own: ['@atesto/evidence'] },
  { folder: 'client', node: '>=22.19', ...library },
  { folder: 'testing', node: '>=20', ...library, own: ['@atesto/evidence'] },
  {
    folder: 'emulator',
    node: '>=22.19',
    entries: { main: 'emulator/src/main.ts', ...threads },
    own: [],
    isLibrary: true,
    isProgram: true,
  },
  {
    folder: 'cli',
    // The launcher works there, and gets a newer Node.
    node: '>=20',
    entries: { main: 'cli/src/main.ts', ...threads },
    own: ['@atesto/emulator'],
    isLibrary: false,
    isProgram: true,
    optionalPeers: ['@atesto/emulator', 'pkcs11js'],
  },
];

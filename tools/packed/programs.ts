/** The command line, the emulator and the relying party's package from their tarballs. */
import { Folder } from './folder.ts';
import { installNode } from './nodes.ts';
import { tarballOf } from './registry.ts';

/** The whole task must be done in this time, from an empty folder: npm's part is most of it. */
const budgetMs = 60_000;

const expectations = {
  attestationType: 'SgxEnclave',
  developmentRoot: 'any',
  ...{ mrSigner: 'any', mrEnclave: 'any', productId: 'any', minimumSvn: 'any' },
  ...{ policyHash: 'any', nonce: { equals: 'once' }, runtimeData: 'any' },
};

/** What a relying party runs: the token is its argument, the keys are fetched. */
const verify = `import { createVerifier } from '@atesto/relying-party';
const verifier = createVerifier({ issuers: [process.env.ATESTO_ENDPOINT], expectations: ${JSON.stringify(expectations)} });
const verdict = await verifier.verify(process.argv[2]);
console.log(verdict.ok ? 'admitted' : verdict.refusal.code);
const changed = await verifier.verify(process.argv[2].slice(0, -8) + 'AAAAAAAA');
console.log(changed.ok ? 'admitted' : changed.refusal.code);
`;

/** What runs inside the emulator: a token by the command line, judged by the package. */
const attest = `import { spawnSync } from 'node:child_process';
const run = (...words) => {
  const { status, stdout, stderr } = spawnSync(words[0], words.slice(1), { encoding: 'utf8' });
  if (status !== 0) throw new Error(words.join(' ') + ' ended with ' + status + ': ' + stderr);
  return stdout.trim();
};
const simulator = process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST;
const atesto = 'node_modules/atesto/bin/atesto.js';
const token = run(process.execPath, atesto, 'attest', '--simulator', simulator, '--nonce', 'once');
const trustDomain = run(process.execPath, atesto, 'attest', '--simulator', simulator + '?type=TdxVm');
console.log(trustDomain.split('.').length + ' parts');
console.log(run(process.execPath, 'verify.js', token));
`;

/** From an empty folder to a verified token. */
export async function attestAndVerify(node: string, registry: string): Promise<string> {
  const folder = new Folder(node, registry);
  try {
    folder.write('attest.js', attest);
    folder.write('verify.js', verify);
    const begun = performance.now();
    await folder.must(['npm', 'install', tarballOf('cli'), tarballOf('emulator'), tarballOf('relying-party')]);
    const { out, ms } = await folder.must(['npx', 'atesto', 'emulator', '--', 'node', 'attest.js']);
    const answers = out.trim().split('\n');
    const wanted = ['3 parts', 'admitted', 'signature-invalid'];
    if (answers.join() !== wanted.join()) throw new Error(`expected ${wanted.join()}, got ${answers.join()}`);
    const total = Math.round(performance.now() - begun);
    if (total > budgetMs) throw new Error(`it took ${total} ms, of which installing ${total - ms}`);
    return `installed in ${total - ms} ms, attested and verified in ${ms} ms`;
  } finally {
    folder.remove();
  }
}

/** What `npm install atesto` brings, and that a service of development says what it lacks. */
export async function installedSize(registry: string): Promise<string> {
  const folder = new Folder(defaultNode(), registry);
  try {
    await folder.must(['npm', 'install', tarballOf('cli')]);
    const { packages, megabytes } = folder.installed();
    for (const name of ['oidc-provider', '@atesto/emulator', '@atesto/testing']) {
      const found = await folder.run([
        'node',
        '-e',
        `import.meta.resolve(${JSON.stringify(name)})`,
        '--input-type=module',
      ]);
      if (found.code === 0) throw new Error(`${name} is installed`);
    }
    const refused = await folder.run(['npx', 'atesto', 'serve', '--development']);
    if (refused.code !== 2 || !refused.err.includes('npm install @atesto/emulator@')) {
      throw new Error(`serve --development ended with ${refused.code}: ${refused.err}`);
    }
    return `${packages} packages, ${megabytes} MB`;
  } finally {
    folder.remove();
  }
}

/** `npx atesto emulator` where only `atesto` is installed. */
export async function emulatorOnDemand(registry: string): Promise<string> {
  const folder = new Folder(defaultNode(), registry);
  try {
    await folder.must(['npm', 'install', tarballOf('cli')]);
    const cache = { npm_config_cache: folder.write('cache/.keep', '').replace(/[/\\]\.keep$/, '') };
    const script = 'process.exit(process.env.ATESTO_ENDPOINT ? 7 : 1)';
    const ended = await folder.run(['npx', 'atesto', 'emulator', '--', 'node', '-e', script], cache);
    if (ended.code !== 7) throw new Error(`it ended with ${ended.code}: ${ended.err}`);
    return `in ${ended.ms} ms`;
  } finally {
    folder.remove();
  }
}

/** The Node of the lock file. */
export function defaultNode(): string {
  return installNode('24.21.0') ?? process.execPath;
}

/** The packages in browsers and in workers, which have nothing of Node. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../pack/workspace.ts';
import { Skipped } from './checks.ts';
import { Folder } from './folder.ts';
import { defaultNode } from './programs.ts';
import { tarballOf } from './registry.ts';

/** A package as one script for browsers, and what of Node it imports. */
async function bundled(folder: Folder, name: string): Promise<{ readonly script: string; readonly needed: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export * from '${name}'`, resolveDir: folder.path },
    absWorkingDir: folder.path,
    bundle: true,
    minify: true,
    platform: 'browser',
    external: ['node:*'],
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  return { script: outputFiles[0]?.text ?? '', needed: [...new Set(imports)].toSorted() };
}

const kilobytes = (script: string): string => `${Math.round(script.length / 1000)} kB`;

/** Throws when a bundle needs Node. */
export async function browserBundle(registry: string): Promise<string> {
  const folder = new Folder(defaultNode(), registry);
  try {
    await folder.must(['npm', 'install', tarballOf('relying-party'), tarballOf('policy')]);
    const sizes: string[] = [];
    for (const name of ['@atesto/relying-party', '@atesto/policy']) {
      const { script, needed } = await bundled(folder, name);
      if (needed.length > 0) throw new Error(`${name} imports ${needed.join(', ')}`);
      sizes.push(`${name} ${kilobytes(script)}`);
    }
    return sizes.join(', ');
  } finally {
    folder.remove();
  }
}

/** What of Node the evidence package imports: it does not run in browsers (docs/packages.md). */
export async function evidenceInBrowsers(registry: string): Promise<string> {
  const folder = new Folder(defaultNode(), registry);
  try {
    await folder.must(['npm', 'install', tarballOf('evidence')]);
    const { script, needed } = await bundled(folder, '@atesto/evidence');
    return `${kilobytes(script)}, imports ${needed.join(', ')}`;
  } finally {
    folder.remove();
  }
}

const chromium = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));

/** Runs inside the emulator: attests over HTTP, then a page of another origin verifies the token. */
const program = (playwright: string, executable: string): string => `import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { chromium } from ${JSON.stringify(playwright)};
const { ATESTO_ENDPOINT: issuer, AZURE_POD_IDENTITY_AUTHORITY_HOST: simulator } = process.env;
const { attest } = await (await fetch(simulator + '/simulator/evidence?type=SgxEnclave')).json();
const headers = { 'content-type': 'application/json' };
const answer = await fetch(issuer + attest.path, { method: 'POST', headers, body: JSON.stringify(attest.body) });
const { token } = await answer.json();
const script = readFileSync('relying-party.js');
const server = createServer(({ url }, response) => {
  if (url === '/relying-party.js') response.setHeader('content-type', 'text/javascript').end(script);
  else response.setHeader('content-type', 'text/html').end('<!doctype html><title>page</title>');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({ executablePath: ${JSON.stringify(executable)}, args: ['--no-sandbox'] });
const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
await page.goto('http://127.0.0.1:' + server.address().port + '/');
const verdicts = await page.evaluate(async ({ issuer, token }) => {
  const { createVerifier } = await import('/relying-party.js');
  const any = (...names) => Object.fromEntries(names.map((name) => [name, 'any']));
  const expectations = {
    attestationType: 'SgxEnclave',
    ...any('developmentRoot', 'mrSigner', 'mrEnclave', 'productId', 'minimumSvn', 'policyHash', 'nonce', 'runtimeData'),
  };
  const verifier = createVerifier({ issuers: [issuer], expectations });
  const verdict = async (text) => {
    const result = await verifier.verify(text);
    return result.ok ? 'admitted' : result.refusal.code;
  };
  return [await verdict(token), await verdict(token.slice(0, -8) + 'AAAAAAAA')];
}, { issuer, token });
await browser.close();
server.closeAllConnections();
server.close();
console.log(verdicts.join());
`;

/** Keys are fetched from another origin than the page's. */
export async function verifyInChromium(registry: string): Promise<string> {
  if (chromium === undefined) throw new Skipped('Chromium is not installed');
  const folder = new Folder(defaultNode(), registry);
  try {
    await folder.must(['npm', 'install', tarballOf('cli'), tarballOf('emulator'), tarballOf('relying-party')]);
    folder.write('relying-party.js', (await bundled(folder, '@atesto/relying-party')).script);
    const playwright = pathToFileURL(join(root, 'node_modules', 'playwright-core', 'index.mjs')).href;
    folder.write('verify.js', program(playwright, chromium));
    const { out } = await folder.must(['npx', 'atesto', 'emulator', '--', 'node', 'verify.js']);
    if (out.trim() !== 'admitted,signature-invalid') throw new Error(`the page says ${out.trim()}`);
    return '';
  } finally {
    folder.remove();
  }
}

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { generateSigningKey, issueToken, jwks, type SigningKey } from '@atesto/token';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { accepted, expectations, sgxClaims } from './__fixtures__/tokens.ts';

/** The package as one script for browsers, which defines `relyingParty`. Fails when anything of it needs Node. */
async function bundle(): Promise<string> {
  const { outputFiles, metafile } = await build({
    entryPoints: [`${import.meta.dirname}/index.ts`],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'relyingParty',
    target: 'es2022',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const external = Object.values(metafile.outputs).flatMap((output) => output.imports.map((entry) => entry.path));
  assert.deepEqual(external, []);
  const [script = assert.fail()] = outputFiles;
  return script.text;
}

/** What a page does: verifies a good token, a changed one, one of a debuggable enclave, and inspects one. */
const page = `(async ({ issuer, now, expectations, good, debuggable }) => {
  const { createVerifier, inspectToken } = relyingParty;
  const verifier = createVerifier({ issuers: [issuer], expectations, clock: () => new Date(now) });
  const changed = good.slice(0, -10) + (good.at(-10) === 'A' ? 'B' : 'A') + good.slice(-9);
  const verdicts = [];
  for (const token of [good, changed, debuggable]) {
    const verdict = await verifier.verify(token);
    verdicts.push(verdict.ok ? verdict.value.claims.iss : verdict.refusal.code);
  }
  const inspected = inspectToken(good);
  return JSON.stringify([...verdicts, inspected.ok && inspected.value.header.alg]);
})`;

/** An issuer on loopback that publishes its keys and an empty page of the same origin. */
async function issuerOn(): Promise<{ input: object; issuer: string; close: () => void }> {
  let published = '';
  const server = createServer((request, response) => {
    if (request.url === '/certs') response.setHeader('content-type', 'application/json').end(published);
    else response.setHeader('content-type', 'text/html').end('<!doctype html><title>page</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const now = sgxClaims.iat as number;
  const validity = { notBefore: new Date(now * 1000), notAfter: new Date((now + 86_400) * 1000) };
  const key: SigningKey = accepted(await generateSigningKey({ issuer, ...validity }));
  published = JSON.stringify(jwks([key]));
  const claims = { ...sgxClaims, iss: issuer };
  return {
    issuer,
    input: {
      issuer,
      now: now * 1000,
      expectations,
      good: accepted(issueToken(key, claims)),
      debuggable: accepted(issueToken(key, { ...claims, 'x-ms-sgx-is-debuggable': true })),
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('runs where there is nothing but the language, WebCrypto, fetch and text encoding', async (context) => {
  const { input, issuer, close } = await issuerOn();
  context.after(close);
  const bare = createContext({
    crypto,
    fetch,
    URL,
    TextEncoder,
    TextDecoder,
    AbortSignal,
    CryptoKey,
    atob,
    btoa,
    Uint8Array,
  });
  runInContext(await bundle(), bare);
  const verdicts: unknown = await runInContext(`(${page})(${JSON.stringify(input)})`, bare);
  assert.deepEqual(JSON.parse(String(verdicts)), [issuer, 'signature-invalid', 'debug-enabled', 'RS256']);
});

const browser = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const missing = existsSync(browser) ? false : `no browser at ${browser}; set CHROMIUM_PATH`;

test('runs in a real browser', { skip: missing, timeout: 60_000 }, async (context) => {
  const { input, issuer, close } = await issuerOn();
  context.after(close);
  const chrome = await chromium.launch({ executablePath: browser, args: ['--no-sandbox'] });
  context.after(() => chrome.close());
  const tab = await chrome.newPage();
  await tab.goto(issuer);
  await tab.addScriptTag({ content: await bundle() });
  const verdicts: unknown = await tab.evaluate(`(${page})(${JSON.stringify(input)})`);
  assert.deepEqual(JSON.parse(String(verdicts)), [issuer, 'signature-invalid', 'debug-enabled', 'RS256']);
});

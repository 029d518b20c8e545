import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
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
const script = `(async ({ issuer, now, expectations, good, debuggable }) => {
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

/** Something on loopback, with an origin of its own. */
async function serve(context: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

/** An issuer that publishes its keys, for pages of every origin or, with other headers, for none but its own. */
async function issuerOn(
  context: TestContext,
  headers: Record<string, string> = { 'access-control-allow-origin': '*' },
) {
  let published = '';
  const issuer = await serve(context, (_request, response) =>
    response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end(published),
  );
  const now = sgxClaims.iat as number;
  const validity = { notBefore: new Date(now * 1000), notAfter: new Date((now + 86_400) * 1000) };
  const key: SigningKey = accepted(await generateSigningKey({ issuer, ...validity }));
  published = JSON.stringify(jwks([key]));
  const claims = { ...sgxClaims, iss: issuer };
  const good = accepted(issueToken(key, claims));
  const debuggable = accepted(issueToken(key, { ...claims, 'x-ms-sgx-is-debuggable': true }));
  return { issuer, input: { issuer, now: now * 1000, expectations, good, debuggable } };
}

test('runs where there is nothing but the language, WebCrypto, fetch and text encoding', async (context) => {
  const { input, issuer } = await issuerOn(context);
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
  const verdicts: unknown = await runInContext(`(${script})(${JSON.stringify(input)})`, bare);
  assert.deepEqual(JSON.parse(String(verdicts)), [issuer, 'signature-invalid', 'debug-enabled', 'RS256']);
});

const browser = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const missing = existsSync(browser) ? false : `no browser at ${browser}; set CHROMIUM_PATH`;

test('runs in a page of another origin than the keys, if the issuer lets such pages read them', {
  skip: missing,
  timeout: 60_000,
}, async (context) => {
  const { input, issuer } = await issuerOn(context);
  const closed = await issuerOn(context, {});
  const page = await serve(context, (_request, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>page</title>'),
  );
  const chrome = await chromium.launch({ executablePath: browser, args: ['--no-sandbox'] });
  context.after(() => chrome.close());
  const tab = await chrome.newPage();
  await tab.goto(page);
  await tab.addScriptTag({ content: await bundle() });
  const verdictsOn = async (given: object): Promise<unknown> =>
    JSON.parse(String(await tab.evaluate(`(${script})(${JSON.stringify(given)})`)));
  assert.deepEqual(await verdictsOn(input), [issuer, 'signature-invalid', 'debug-enabled', 'RS256']);
  const unavailable = Array(3).fill('keys-unavailable');
  assert.deepEqual(await verdictsOn(closed.input), [...unavailable, 'RS256']);
});

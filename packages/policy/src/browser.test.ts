/** The package runs where there is no Node: the editor of a portal checks and tries policies in the page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { policyHash } from './index.ts';

/** The package as one script that defines `policy`. Fails when anything of it needs Node. */
async function bundle(): Promise<string> {
  const { outputFiles, metafile } = await build({
    entryPoints: [`${import.meta.dirname}/index.ts`],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'policy',
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

test('compiles, evaluates, explains, formats and hashes with nothing but what browsers have', async () => {
  const text = 'version=1.0; authorizationrules { [type=="svn", value>=3] => permit(); }; issuancerules {};';
  // Neither Buffer nor process nor require.
  const context = createContext({ TextEncoder, TextDecoder, btoa, atob, text });
  runInContext(await bundle(), context);
  const page = `(() => {
    const compiled = policy.compilePolicy(text, { attestationType: 'SgxEnclave' });
    const claims = (svn) => [{ type: 'svn', value: svn, issuer: 'AttestationService' }];
    const verdicts = [3n, 2n].map((svn) => policy.evaluatePolicy(compiled.value, claims(svn)).decision);
    const report = policy.reportJson(policy.evaluationReport(text, claims(2n)).explanation.kind, 0);
    return JSON.stringify([...verdicts, report, policy.formatPolicy(text).ok, policy.policyHash(text)]);
  })()`;
  assert.deepEqual(JSON.parse(runInContext(page, context)), [
    'permitted',
    'denied',
    '"nothing-permitted"',
    true,
    policyHash(text),
  ]);
});

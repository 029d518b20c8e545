/**
 * Installs the packed packages in fresh folders and uses them as their users do: `npm run packed`. Each check passes, fails, or says why it is
 * skipped; skipped is a failure where the variable `CI` is set. With arguments only the checks whose names contain one of them.
 */
import { browserBundle, evidenceInBrowsers, verifyInChromium } from './browsers.ts';
import { Checks } from './checks.ts';
import { consumerTypes } from './consumers.ts';
import { nodes } from './nodes.ts';
import { attestAndVerify, emulatorOnDemand, installedSize } from './programs.ts';
import { startRegistry } from './registry.ts';

const registry = await startRegistry();
const checks = new Checks(process.argv.slice(2));
try {
  await checks.run('a bundle for browsers and workers needs nothing of Node', () => browserBundle(registry.url));
  await checks.run('what evidence would need in a browser', () => evidenceInBrowsers(registry.url));
  await checks.run('declarations are accepted by TypeScript 5.9 and 7', () => consumerTypes(registry.url));
  for (const { name, path } of await nodes(checks)) {
    await checks.run(`${name}: atesto attests, relying-party verifies`, () => attestAndVerify(path, registry.url));
  }
  await checks.run('a production installation lacks what only development needs', () => installedSize(registry.url));
  await checks.run('atesto emulator fetches its package', () => emulatorOnDemand(registry.url));
  await checks.run('Chromium verifies a token with keys of another origin', () => verifyInChromium(registry.url));
} finally {
  await registry.close();
}
process.exitCode = checks.conclude();

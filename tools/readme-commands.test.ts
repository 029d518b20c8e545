/** Runs the commands of the README from attesting to administering providers, against a development service. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runCli } from '../packages/cli/src/__fixtures__/cli.ts';
import { temporaryDirectory } from '../packages/cli/src/__fixtures__/directory.ts';
import { startTestService } from '../packages/cli/src/__fixtures__/service.ts';

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
const section = readme.slice(readme.indexOf('**Attest.**'), readme.indexOf('**Configure.**'));
const lines = [...section.matchAll(/^ {4}(\S.*?)(?:\s+#.*)?$/gm)].map(([, line = '']) => line);
const isExport = (line: string): boolean => line.startsWith('export ');

const withoutOpenssl = spawnSync('openssl', ['version']).status === 0 ? false : 'SKIPPED: openssl is not installed';

process.chdir(temporaryDirectory());
writeFileSync('policy.txt', 'version=1.0; authorizationrules { => permit(); }; issuancerules {};');
const service = await startTestService();
const variables: Readonly<Record<string, string>> = {
  ATESTO_ENDPOINT: service.url,
  ATESTO_CA: service.ca,
  ATESTO_ISSUER: service.issuer,
  ATESTO_CLIENT_FILE: service.clientFile,
};

/** Runs one line as a shell would: with variables, and a file for the output. */
async function runLine(line: string): Promise<void> {
  const [command = '', output] = line.split(' > ');
  const words = command
    .replaceAll('.atesto/simulator', service.simulator)
    .replaceAll(/\$(\w+)/g, (_, name: string) => variables[name] ?? '')
    .split(/\s+/);
  const { exitCode, stdout, stderr } = await runCli(words.slice(2), { env: variables });
  assert.equal(exitCode, 0, stdout + stderr);
  if (output !== undefined) writeFileSync(output, stdout);
}

test('the README sets the variables that the command line needs to reach a service', () => {
  const names = lines.filter(isExport).flatMap((line) => [...line.matchAll(/(\w+)=/g)].map(([, name]) => name));
  assert.deepEqual(names, Object.keys(variables));
});

describe('the commands of the README succeed in their order', { skip: withoutOpenssl }, () => {
  for (const line of lines.filter((candidate) => !isExport(candidate))) {
    test(line, async () => {
      if (line.startsWith('npx atesto ')) return runLine(line);
      const { status, stderr } = spawnSync('bash', ['-ec', line], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    });
  }
});

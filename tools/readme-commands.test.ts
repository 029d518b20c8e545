/** Runs the commands of the README's tasks up to administering providers, against a development service. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runCli } from '../packages/cli/src/__fixtures__/cli.ts';
import { temporaryDirectory } from '../packages/cli/src/__fixtures__/directory.ts';
import { startTestService } from '../packages/cli/src/__fixtures__/service.ts';

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
const section = readme
  .slice(readme.indexOf('**Make simulated evidence'), readme.indexOf('**Configure.**'))
  .replaceAll(/\\\n\s+/g, '');
/** The emulator's package tests the first; the others start what runs until it is stopped, which stands in here already. */
const isElsewhere = (line: string): boolean => /^(npx atesto emulator|npm start) /.test(line);
const lines = [...section.matchAll(/^ {4}(\S.*?)(?:\s+#.*)?$/gm)]
  .map(([, line = '']) => line)
  .filter((line) => !isElsewhere(line));
const isExport = (line: string): boolean => line.startsWith('export ');

const withoutOpenssl = spawnSync('openssl', ['version']).status === 0 ? false : 'SKIPPED: openssl is not installed';

process.chdir(temporaryDirectory());
cpSync(join(import.meta.dirname, '..', 'examples'), 'examples', { recursive: true });
const service = await startTestService();
mkdirSync('.atesto');
symlinkSync(service.simulator, join('.atesto', 'simulator'));
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
    .replaceAll(/\$\(cat (\S+)\)/g, (_, path: string) => readFileSync(path, 'utf8').trim())
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

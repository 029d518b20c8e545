/** Runs the examples of the packages' READMEs, TypeScript and shell, compares what they print, and checks their types. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';

/** A block of code, and the block of text that may follow it with what it prints. */
const example = /^```(?<language>ts|sh)\n(?<code>.*?)^```\n(?:\s*^```text\n(?<output>.*?)^```$)?/gms;

const root = join(import.meta.dirname, '..');
const packages = globSync('packages/*/package.json', { cwd: root }).map((path) => path.split(/[/\\]/)[1] ?? '');

// Inside the project, so that its packages are found, in a folder that version control ignores.
mkdirSync(join(root, '.atesto'), { recursive: true });
const folder = mkdtempSync(join(root, '.atesto', 'readme-examples-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, args: readonly string[]) {
  return spawnSync(program, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
}

describe('examples in package READMEs', () => {
  for (const name of packages) {
    test(`${name}: every example runs and prints what the README says`, () => {
      const text = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8');
      const examples = [...text.matchAll(example)];
      assert.notEqual(examples.length, 0, `packages/${name}/README.md has no example`);
      for (const [index, { groups: { language, code = '', output } = {} }] of examples.entries()) {
        const file = join(folder, `${name}-${index}.${language}`);
        writeFileSync(file, code);
        const { status, stdout, stderr } = run(language === 'ts' ? process.execPath : 'bash', [file]);
        assert.equal(status, 0, stderr);
        assert.equal(stdout, output ?? stdout);
      }
    });
  }

  test('the types of all examples hold', () => {
    const settings = {
      extends: '../../tsconfig.json',
      include: ['*.ts', '../../packages/*/src/**/*.d.ts'],
      exclude: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
    const { status, stdout } = run(process.execPath, [
      join(root, 'node_modules/typescript/bin/tsc'),
      '--project',
      folder,
    ]);
    assert.equal(status, 0, stdout);
  });
});

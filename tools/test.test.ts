/** What a run of the tests reports, and when it fails: it must not pass over tests that did not run. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const runner = join(import.meta.dirname, 'test.ts');
const passing = `import { test } from 'node:test';\ntest('passes', () => {});\n`;

/** Runs test files, given by their paths, in a folder of their own. Lines of standard output, and the exit code. */
function runTests(
  files: Readonly<Record<string, string>>,
  ...args: readonly string[]
): { readonly lines: string[]; readonly code: number | null } {
  const directory = mkdtempSync(join(tmpdir(), 'atesto-runner-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    // A run inside a test of Node would run nothing.
    const { NODE_TEST_CONTEXT: _, NODE_COMPILE_CACHE: _cache, ...env } = process.env;
    const { stdout, status } = spawnSync(process.execPath, [runner, ...args], {
      cwd: directory,
      env,
      encoding: 'utf8',
    });
    return { lines: stdout.split('\n').filter((line) => line !== ''), code: status };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('a run whose tests all pass has a line for each file, those of a group too, and ends with 0', () => {
  const { lines, code } = runTests({
    'packages/core/src/one.test.ts': passing,
    'packages/core/src/two.test.ts': passing,
    'packages/service/src/three.test.ts': passing,
  });
  assert.deepEqual(lines.sort(), [
    '3 passed, 0 failed, 0 skipped',
    '✔ packages/core/src/one.test.ts: 1 passed',
    '✔ packages/core/src/two.test.ts: 1 passed',
    '✔ packages/service/src/three.test.ts: 1 passed',
  ]);
  assert.equal(code, 0);
});

const faults = {
  'a test that fails': `${passing}test('fails', () => { throw new Error('wrong'); });\n`,
  'a process that ends with 0 before its tests are done': `${passing}test('ends', () => process.exit(0));\n`,
  'a hook that fails after its suite': `import { after, describe } from 'node:test';\n${passing}describe('suite', () => {\n  after(() => { throw new Error('wrong'); });\n  test('passes too', () => {});\n});\n`,
  'a file that reports no test': `export {};\n`,
  'a file that cannot be loaded': `import './absent.ts';\n`,
};

for (const [fault, text] of Object.entries(faults)) {
  for (const folder of ['packages/core', 'fuzz']) {
    test(`a run with ${fault} fails, in ${folder === 'packages/core' ? 'a group' : 'a process of its own'}`, () => {
      const { lines, code } = runTests({
        [`${folder}/src/bad.test.ts`]: text,
        'packages/service/src/good.test.ts': passing,
      });
      assert.ok(
        lines.some((line) => line.startsWith(`✖ ${folder}/src/bad.test.ts: `)),
        lines.join('\n'),
      );
      assert.match(lines.at(-1) ?? '', /^\d+ passed, [1-9]\d* failed, 0 skipped$/);
      assert.ok(lines.includes('✔ packages/service/src/good.test.ts: 1 passed'));
      assert.equal(code, 1);
    });
  }
}

test('hooks of a file in a group run with the tests of that file alone, and what they refuse fails it', () => {
  const hooks = (name: string): string => `import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
before(() => { globalThis.open = [...(globalThis.open ?? []), '${name}']; });
after(() => { globalThis.open = globalThis.open.filter((name) => name !== '${name}'); });
test('is alone', () => assert.deepEqual(globalThis.open, ['${name}']));
`;
  const { lines, code } = runTests({
    'packages/core/src/one.test.ts': hooks('one'),
    'packages/core/src/three.test.ts': `${passing}import { after } from 'node:test';\nafter(() => { throw new Error('wrong'); });\n`,
    'packages/core/src/two.test.ts': hooks('two'),
  });
  assert.ok(lines.includes('✔ packages/core/src/one.test.ts: 1 passed'), lines.join('\n'));
  assert.ok(lines.includes('✖ packages/core/src/three.test.ts: 1 passed, 1 failed'), lines.join('\n'));
  assert.ok(lines.includes('✔ packages/core/src/two.test.ts: 1 passed'), lines.join('\n'));
  assert.equal(code, 1);
});

test('a selection by name runs the tests of every file that have it, in groups too', () => {
  const { lines, code } = runTests(
    {
      'packages/core/src/one.test.ts': `${passing}test('other', () => { throw new Error('wrong'); });\n`,
      'packages/core/src/two.test.ts': `import { test } from 'node:test';\ntest('other', () => {});\n`,
      'packages/service/src/three.test.ts': passing,
    },
    '--name',
    'passes',
  );
  assert.deepEqual(lines.sort(), [
    '2 passed, 0 failed, 0 skipped',
    '✔ packages/core/src/one.test.ts: 1 passed',
    '✔ packages/service/src/three.test.ts: 1 passed',
  ]);
  assert.equal(code, 0);
});

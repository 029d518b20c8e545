/** Runs the tests: all of them, or those whose path contains one of the arguments. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const wanted = process.argv.slice(2);
const files = globSync(['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts', 'fuzz/**/*.test.ts'])
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  console.error('no test file matches');
  process.exit(1);
}
/** Longer than any test takes on a slow machine: what hangs must fail. Milliseconds. */
const timeoutMs = 600_000;
const options = ['--test', '--test-reporter=./tools/reporter.ts', `--test-timeout=${timeoutMs}`];
const { status } = spawnSync(process.execPath, [...options, ...files], { stdio: 'inherit' });
process.exit(status ?? 1);

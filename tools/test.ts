/** Runs the tests: all of them, or those whose path contains one of the arguments. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const wanted = process.argv.slice(2);
const files = globSync(['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts'])
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  console.error('no test file matches');
  process.exit(1);
}
const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=./tools/reporter.ts', ...files], {
  stdio: 'inherit',
});
process.exit(status ?? 1);

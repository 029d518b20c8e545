/** Runs the tests: all of them, or those whose path contains one of the arguments. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const wanted = process.argv.slice(2);
const files = globSync(['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts']).filter(
  (file) => wanted.length === 0 || wanted.some((part) => file.includes(part)),
);
const run = spawnSync(
  process.execPath,
  ['--test', '--test-reporter=dot', '--test-reporter-destination=stdout', ...files],
  {
    stdio: 'inherit',
  },
);
process.exit(run.status ?? 1);

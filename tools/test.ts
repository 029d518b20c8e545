/** Runs the tests: all of them, or the files whose path contains one of the arguments; `--name` selects tests by a regular expression. */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { run } from 'node:test';
import { parseArgs } from 'node:util';
import { groupFiles } from './groups.ts';
import { offerPostgres } from './offer-postgres.ts';
import { createReport } from './reporter.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { name: { type: 'string' }, watch: { type: 'boolean', default: false } },
});
const files = globSync(['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts', 'fuzz/**/*.test.ts'])
  .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  console.error('No test file has a path that contains one of the arguments.');
  process.exit(1);
}

/** Loading a file takes several times as long when its types have to be stripped again. */
process.env.NODE_COMPILE_CACHE ??= resolve('node_modules/.cache/tests');

/** Longer than any test takes on a slow machine: a test that hangs must fail. Milliseconds. */
const timeout = 600_000;
/** One more than there are cores: tests also wait for processes and sockets. */
const concurrency = availableParallelism() + 1;
const selection = values.name === undefined ? {} : { testNamePatterns: [new RegExp(values.name)] };
const endPostgres = await offerPostgres();
const { entries, members } = values.watch
  ? { entries: files, members: new Map() }
  : groupFiles(files, { directory: 'node_modules/.cache/tests/groups', isFiltered: values.name !== undefined });
const report = run({ files: entries, concurrency, timeout, watch: values.watch, ...selection }).compose(
  createReport({ entries: values.watch ? [] : entries, members, isFiltered: values.name !== undefined }),
);
for await (const text of report) process.stdout.write(text);
await endPostgres();

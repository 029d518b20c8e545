/** Fails when a refusal code is in no test: each must be a literal of a test file, or of a contract that tests run. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeTables } from './code-tables.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const testFiles = globSync(['packages/**/*.test.ts', 'packages/**/contract/*.ts', 'tools/*.test.ts'], {
  cwd: root,
  exclude: ['**/node_modules/**'],
});
const tests = testFiles.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');

for (const [table, codes] of Object.entries(codeTables)) {
  for (const code of Object.keys(codes)) {
    if (new RegExp(`['"\\[]${code}['"\\]]`).test(tests)) continue;
    console.error(`${table}: no test produces ${code}`);
    process.exitCode = 1;
  }
}

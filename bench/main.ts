/** Runs the benchmarks, one after the other, each in a process of its own. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
for (const file of globSync('*/main.ts', { cwd: folder }).sort()) {
  if (wanted.length > 0 && !wanted.some((name) => file.startsWith(name))) continue;
  console.log(`\n${dirname(file)}`);
  const { status } = spawnSync(process.execPath, [join(folder, file)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

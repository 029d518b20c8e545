/** Every target finds nothing in a few hundred inputs: what the targets call has not moved away from them. `npm run fuzz` looks longer. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fuzz } from './engine/fuzz.ts';
import { randomOf } from './engine/random.ts';
import { targetIn } from './engine/target.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'targets');
const executionsBesideSeeds = 100;
/** It starts a service that only ends with its thread. */
const startsService = 'http-request.ts';

for (const file of readdirSync(folder).sort()) {
  if (file === startsService) continue;
  test(`${file}: its seeds and a hundred inputs made of them are no fault`, async () => {
    const target = targetIn(await import(pathToFileURL(join(folder, file)).href), file);
    // Time is for the long run: on a busy machine it says nothing about the target.
    const report = await fuzz(target, {
      random: randomOf(1),
      isOver: (executions) => executions >= target.seeds.length + executionsBesideSeeds,
      clock: () => 0,
    });
    assert.deepEqual(report.faults, []);
    assert.ok(report.executions >= target.seeds.length + executionsBesideSeeds);
  });
}

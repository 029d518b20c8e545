/**
 * Runs the clients of other ecosystems, unmodified, against the service, and says what passed. A client whose toolchain is missing is
 * skipped, visibly; in CI (variable `CI`), one that cannot be installed is a failure. Arguments choose clients by a part of their name or
 * language; `--write PATH` writes the page of all clients as each last ran.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Client, isMissing } from './client.ts';
import { clients } from './clients.ts';
import { type ClientResult, renderPage } from './page.ts';
import { keepResults, keptResults } from './results.ts';
import { runProgram, type Tally } from './run.ts';
import { startScenario } from './scenario.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'string' } } });
const isCi = process.env.CI !== undefined;
const chosen = clients.filter(
  ({ name, language }) =>
    positionals.length === 0 ||
    positionals.some((part) => `${language} ${name}`.toLowerCase().includes(part.toLowerCase())),
);
async function runClient(client: Client): Promise<{ result: ClientResult; isFailed: boolean }> {
  console.log(`${client.language}: ${client.pins.join(', ')}`);
  const prepared = await preparing.get(client);
  if (prepared === undefined || isMissing(prepared)) {
    const { missing = '', isFailure = true } = prepared ?? {};
    const isFailed = isCi && isFailure;
    console.log(`  ${isFailed ? 'FAIL' : 'SKIPPED'}  ${missing}`);
    return { result: { client, skipped: missing, steps: [] }, isFailed };
  }
  const tally: Tally = { steps: [], broken: 0 };
  for (const program of prepared) await runProgram(program, tally);
  const isFailed = tally.broken > 0 || tally.steps.some(({ ok }) => !ok);
  return { result: { client, steps: tally.steps }, isFailed };
}

const scenario = await startScenario();
// Installing waits for registries, and the clients that are ready run meanwhile.
const preparing = new Map(chosen.map((client) => [client, client.prepare(scenario)]));
const results: ClientResult[] = [];
let failed = 0;
try {
  for (const client of chosen) {
    const { result, isFailed } = await runClient(client);
    results.push(result);
    const bad = result.steps.filter(({ ok }) => !ok).length;
    failed += isFailed ? Math.max(bad, 1) : 0;
  }
} finally {
  await Promise.allSettled(preparing.values());
  await scenario.close();
}
const passed = results.flatMap(({ steps }) => steps).filter(({ ok }) => ok).length;
const skipped = results.filter((result) => result.skipped !== undefined).length;
keepResults(results);
if (values.write !== undefined) writeFileSync(values.write, renderPage(keptResults(clients)));
console.log(`\n${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
process.exitCode = failed === 0 ? 0 : 1;

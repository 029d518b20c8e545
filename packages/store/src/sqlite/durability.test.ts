/** What SQLite acknowledged survives a process that is killed at any moment. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openAudit } from '../audit/audit.ts';
import { createSqlite, type TestDatabase, value } from '../testing/backends.ts';

const writer = fileURLToPath(new URL('../testing/acknowledging-writer.ts', import.meta.url));
const kills = 12;
const acknowledgementsBetweenKills = 150;

/** Runs the writer, kills it after so many acknowledgements, and returns all that it gave. */
async function writeUntilKilled(path: string, first: number, acknowledgements: number): Promise<string[]> {
  const child = spawn(process.execPath, [writer, path, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === acknowledgements) child.kill('SIGKILL');
  }
  assert.deepEqual((await ended).slice(0, 2), [null, 'SIGKILL']);
  return lines;
}

function numbersOf(lines: readonly string[], kind: string): number[] {
  return lines.filter((line) => line.startsWith(kind)).map((line) => Number(line.slice(2)));
}

async function checkDatabase(database: TestDatabase, acknowledged: readonly string[]): Promise<number> {
  assert.deepEqual(
    (await database.sql('pragma integrity_check')).map((row) => ({ ...row })),
    [{ integrity_check: 'ok' }],
  );
  const store = await database.open();
  const last = value(await store.settings.current('counter'));
  assert.ok(Number(last?.value ?? 0) >= Math.max(0, ...numbersOf(acknowledged, 'd')), 'an acknowledged change is lost');
  assert.equal(value(await store.check()).revision, last?.version ?? 0);
  // A kill between two writes leaves no gap in any chain.
  const step = await openAudit(store.audit).verify(undefined, 1_000_000);
  assert.deepEqual(step.ok && step.value.findings, []);
  await store.close();
  const stored = new Set((await database.sql('select request_id from audit')).map(({ request_id }) => request_id));
  const lost = numbersOf(acknowledged, 'a').filter((index) => !stored.has(`a-${index}`));
  assert.deepEqual(lost, [], 'acknowledged audit entries are lost');
  return Number(last?.value ?? 0);
}

describe('SQLite', () => {
  test(`keeps every acknowledged write through ${kills} kills of the writing process, and stays intact`, async () => {
    await using database = await createSqlite();
    assert.ok(database.options.kind === 'sqlite');
    const acknowledged: string[] = [];
    let first = 1;
    for (let round = 0; round < kills; round += 1) {
      // anywhere from before the first acknowledgement's neighbours to the middle of many batches
      const after = 1 + Math.floor(Math.random() * acknowledgementsBetweenKills);
      acknowledged.push(...(await writeUntilKilled(database.options.path, first, after)));
      first = (await checkDatabase(database, acknowledged)) + 1;
    }
    assert.ok(acknowledged.length >= kills);
  });
});

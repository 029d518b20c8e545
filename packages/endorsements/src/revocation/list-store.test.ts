/** Lists that are held survive a restart, and nothing that the authority did not sign gets in. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { intelListIssuers, type ListIssuer } from '@atesto/evidence/advanced';
import { createSimulatedPlatform } from '@atesto/testing/sgx';
import { at, platform, trustAnchors } from '../__fixtures__/platform.ts';
import type { CacheEvent } from '../index.ts';
import { RevocationListStore } from './list-store.ts';

async function rootOf(overrides: Parameters<typeof platform.collateral>[0], by = platform): Promise<ListIssuer> {
  const anchors = [...trustAnchors, { name: 'other', spkiSha256: by.rootFingerprint, development: true }];
  const issuers = intelListIssuers(await by.collateral(overrides), anchors);
  assert.ok(issuers.ok);
  return issuers.value.root;
}

const emergency = await rootOf({ rootCaCrl: { revoked: ['0a'] } });
const older = await rootOf({ at: new Date('2026-05-01T00:00:00Z'), rootCaCrl: { revoked: ['0b'] } });
const revokedBy = (lists: readonly { readonly revoked: ReadonlySet<string> }[]): string[] =>
  lists.flatMap(({ revoked }) => [...revoked]);

function open(t: TestContext, directory = mkdtempSync(join(tmpdir(), 'atesto-lists-'))) {
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const events: CacheEvent[] = [];
  const report = (event: CacheEvent): void => void events.push(event);
  return { directory, events, held: new RevocationListStore({ directory, clock: () => at, report }) };
}

test('lists are there after a restart', async (t) => {
  const { held, directory } = open(t);
  await held.take(older);
  await held.take(emergency);
  await held.close();
  assert.deepEqual(revokedBy(await open(t, directory).held.of(emergency)), ['0a', '0b']);
});

test('lists count for the authority that signed them alone', async (t) => {
  const { held } = open(t);
  await held.take(emergency);
  const stranger = await createSimulatedPlatform({ at });
  assert.deepEqual(await held.of(await rootOf({}, stranger)), []);
});

test('a file that was tampered with is reported, and its lists are not taken', async (t) => {
  const { held, directory } = open(t);
  await held.take(emergency);
  await held.close();
  const [name = ''] = readdirSync(directory);
  const entry: { content: string } = JSON.parse(readFileSync(join(directory, name), 'utf8'));
  const bytes = Buffer.from(entry.content, 'base64');
  bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1);
  writeFileSync(join(directory, name), JSON.stringify({ ...entry, content: bytes.toString('base64') }));
  const restarted = open(t, directory);
  assert.deepEqual(await restarted.held.of(emergency), []);
  assert.deepEqual(
    restarted.events.map(({ kind }) => kind),
    ['file-ignored'],
  );
});

test('what is offered unverified is taken where the authority signed it', async (t) => {
  const { held } = open(t);
  const [genuine] = emergency.lists;
  const [foreign] = (await rootOf({ rootCaCrl: { revoked: ['0c'] } }, await createSimulatedPlatform({ at }))).lists;
  assert.ok(genuine !== undefined && foreign !== undefined);
  held.offer(async () => [Buffer.from('no list'), foreign.der, genuine.der]);
  assert.deepEqual(revokedBy(await held.of(emergency)), ['0a']);
});

import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore } from '../store.ts';
import { createProvider, integrityKey, origin } from '../testing/backends.ts';
import { stateDirectory } from '../testing/test-store.ts';

test('a backup that is copied over the open file, without its log, is reported, and accepts no change', async (context) => {
  const path = join(stateDirectory(), 'store.sqlite');
  const store = await openStore({ kind: 'sqlite', path, integrityKey });
  context.after(() => store.close());
  await createProvider(store);
  await store.changes.refresh();
  const backup = `${path}.backup`;
  copyFileSync(path, backup);
  for (const ending of ['-wal', '-shm']) rmSync(path + ending);
  copyFileSync(backup, path);
  const changed = await store.settings.set('s', 1, origin());
  assert.equal(changed.ok ? 'changed' : changed.refusal.code, 'store-unavailable');
  assert.match(changed.ok ? '' : changed.refusal.why, /end the service with SIGKILL.*put the backup back as a whole/);
  const { refusal } = await store.changes.refresh();
  assert.equal(refusal?.code, 'store-unavailable');
});

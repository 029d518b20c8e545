/** What the service says at start of keys that it cannot use. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { development } from '@atesto/development';
import { stateDirectory } from '@atesto/store/testing';
import { serve } from '../__fixtures__/service.ts';
import { ConfigRefused } from '../config/problem.ts';
import { startService } from '../service.ts';

test('refuses to start with signing-keys-unusable when another secret sealed the keys', async () => {
  const directory = stateDirectory();
  const keyFile = join(directory, 'seal.key');
  const settings = {
    environment: 'development',
    stateDirectory: directory,
    baseUri: 'https://attest.example.org',
    listen: { port: 0 },
    signing: { algorithm: 'ES256', keyFile },
  } as const;
  writeFileSync(keyFile, Buffer.alloc(32, 1));
  const first = await serve(settings);
  await first.close();
  writeFileSync(keyFile, Buffer.alloc(32, 2));
  await assert.rejects(startService(settings, { development, log: { write: () => {} } }), (error) => {
    assert.ok(error instanceof ConfigRefused);
    assert.deepEqual(
      error.problems.map(({ code, where }) => [code, where]),
      [['signing-keys-unusable', 'https://attest.example.org']],
    );
    return true;
  });
});

/** Signing keys that cannot be opened keep the service from starting, and are not replaced. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { serve, type TestService } from '../__fixtures__/service.ts';
import { stateDirectory } from '../__fixtures__/state.ts';
import { ConfigRefused } from '../config/problem.ts';

const directory = stateDirectory();

/** Keys are those of an issuer, so that the port must stay. */
function serveSealedWith(byte: number, port = 0): Promise<TestService> {
  const keyFile = join(directory, `seal-${byte}.key`);
  writeFileSync(keyFile, Buffer.alloc(32, byte));
  return serve({ stateDirectory: directory, listen: { port }, signing: { keyFile, algorithm: 'ES256' } });
}

async function certsOf(service: TestService): Promise<string> {
  const { text } = await service.call('/certs');
  await service.close();
  return text;
}

test('another seal than the one of the stored keys is refused; the right one finds them unharmed', async () => {
  const first = await serveSealedWith(1);
  const before = await certsOf(first);
  await assert.rejects(serveSealedWith(2, first.port), (error) => {
    assert.ok(error instanceof ConfigRefused);
    assert.deepEqual(
      error.problems.map(({ code }) => code),
      ['signing-keys-unusable'],
    );
    assert.doesNotMatch(error.message, /\n {4}at /);
    return true;
  });
  assert.equal(await certsOf(await serveSealedWith(1, first.port)), before);
});

/** A service whose signing keys are in a real software HSM. Skipped, visibly, where SoftHSM or the binding is missing. */
import assert from 'node:assert/strict';
import { globSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { stateDirectory } from '@atesto/store/testing';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { quoteOf, refusalOf, serveEnclaves } from '../../__fixtures__/enclave.ts';
import { makeToken, softHsmMissing } from '../../__fixtures__/softhsm.ts';

test('tokens are signed in the HSM by a key whose private part the service never has', {
  skip: softHsmMissing,
}, async () => {
  const { library, tokenLabel, pin } = makeToken();
  const pinFile = join(stateDirectory(), 'pin');
  writeFileSync(pinFile, `${pin}\n`);
  const service = await serveEnclaves({ signing: { hsm: { library, tokenLabel, pinFile } } });
  const answer = await service.attest('SgxEnclave', { quote: quoteOf() });
  assert.equal(answer.status, 200, answer.text);
  const keys = createLocalJWKSet(JSON.parse((await service.call('/certs')).text));
  const { payload } = await jwtVerify(JSON.parse(answer.text).token, keys);
  assert.equal(payload.iss, service.url);
  removeKeys();
  const refused = await service.attest('SgxEnclave', { quote: quoteOf() });
  assert.deepEqual(refusalOf(refused), [503, 'ServiceUnavailable', 'key-unavailable']);
});

/** Takes every key out of the token behind the service's back. */
function removeKeys(): void {
  const directory = dirname(process.env.SOFTHSM2_CONF ?? '');
  for (const file of globSync('tokens/*/*.object', { cwd: directory })) rmSync(join(directory, file));
}

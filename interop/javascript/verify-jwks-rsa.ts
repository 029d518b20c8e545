/** A relying party with auth0's jwks-rsa and jsonwebtoken: keys by their id, algorithm and issuer fixed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import jwt from 'jsonwebtoken';
import { JwksClient } from 'jwks-rsa';
import type { Scenario } from '../scenario.ts';
import { step } from '../step.ts';

const [file = ''] = process.argv.slice(2);
const { endpoint, tokens, mrEnclave }: Scenario = JSON.parse(readFileSync(file, 'utf8'));
const keys = new JwksClient({ jwksUri: `${endpoint}/certs` });

async function verified(token: string, issuer = endpoint): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const getKey: jwt.GetPublicKeyOrSecret = (header, callback) => {
    keys.getSigningKey(header.kid).then(
      (key) => callback(null, key.getPublicKey()),
      (error: Error) => callback(error),
    );
  };
  jwt.verify(token, getKey, { algorithms: ['RS256'], issuer }, (error, claims) => {
    if (error === null) resolve(claims);
    else reject(error);
  });
  return promise;
}

await step('keys', 'every published key is read', async () => {
  assert.equal((await keys.getSigningKeys()).length, 1);
});

await step('verification', 'a token is verified with the key that it names', async () => {
  assert.equal(Reflect.get(Object(await verified(tokens.good)), 'x-ms-sgx-mrenclave'), mrEnclave);
});

await step('verification', 'a token of another issuer is refused', async () => {
  await assert.rejects(verified(tokens.good, `${endpoint}/other`), /issuer/);
});

await step('verification', 'a changed token is refused', async () => {
  await assert.rejects(verified(tokens.tampered), /invalid signature/);
});

await step('verification', 'the unsecured token of a draft policy is refused', async () => {
  await assert.rejects(verified(tokens.unsecured));
});

/** The signing keys of a provider over the wire: who may see and change them, and what relying parties see of it. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { bearer, identity } from '../../__fixtures__/callers.ts';
import { refusalOf } from '../../__fixtures__/enclave.ts';
import { type Answer, serve } from '../../__fixtures__/service.ts';

const signing = { algorithm: 'ES256', publishAheadSeconds: 0 } as const;
const service = await serve({ identity, signing });
const administrator = await bearer('root', 'administrators');
const reader = await bearer('eve', 'default-readers');

interface Shown {
  readonly kid: string;
  readonly state: string;
  readonly heldBy: string;
}

const post = (action: string, body?: object, by: Record<string, string> = administrator): Promise<Answer> =>
  service.call(`/keys:${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...by },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const shownOf = ({ status, text }: Answer): Shown[] => {
  assert.equal(status, 200, text);
  return JSON.parse(text).keys;
};
const list = async (): Promise<Shown[]> => shownOf(await service.call('/keys', { headers: reader }));
const publishedKids = async (): Promise<string[]> =>
  JSON.parse((await service.call('/certs')).text).keys.map(({ kid }: Shown) => kid);

test('lists the keys for readers: what is published, and nothing private', async () => {
  const [key, ...others] = await list();
  assert.deepEqual([key?.state, key?.heldBy, others], ['current', 'store', []]);
  assert.deepEqual(await publishedKids(), [key?.kid]);
  assert.deepEqual(refusalOf(await service.call('/keys')), [401, 'Unauthorized', 'access-token-missing']);
});

test('rotates at the administrator’s command; the old key stays published', async () => {
  const [old] = await list();
  const after = shownOf(await post('rotate'));
  assert.deepEqual(
    after.map(({ state }) => state),
    ['retired', 'current'],
  );
  assert.deepEqual(await publishedKids(), [after[1]?.kid, old?.kid]);
});

test('imports a key once, and refuses one of another algorithm and what is no key', async () => {
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pem).toString();
  assert.equal(JSON.parse((await post('import', { privateKey })).text).changed, true);
  assert.equal(JSON.parse((await post('import', { privateKey })).text).changed, false);
  assert.equal((await list()).filter(({ state }) => state === 'current').length, 1);
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem).toString();
  assert.deepEqual(refusalOf(await post('import', { privateKey: other })), [400, 'InvalidParameter', 'key-unusable']);
  for (const wrong of ['nothing', '', 5]) {
    const code = refusalOf(await post('import', { privateKey: wrong }));
    assert.deepEqual(code, [400, 'InvalidParameter', 'member-invalid']);
  }
  assert.deepEqual(refusalOf(await post('import')), [400, 'InvalidParameter', 'body-empty']);
});

test('withdraws a key: it is published no longer', async () => {
  const stolen = (await list()).find(({ state }) => state === 'current')?.kid;
  assert.equal(JSON.parse((await post('withdraw', { kid: stolen })).text).changed, true);
  assert.ok(!(await publishedKids()).includes(stolen ?? ''));
  assert.equal((await list()).filter(({ state }) => state === 'current').length, 1);
});

test('lets nobody but the service administrator change keys', async () => {
  const contributor = await bearer('mallory', 'default-contributors');
  for (const action of ['rotate', 'import', 'withdraw']) {
    assert.deepEqual(refusalOf(await post(action, {}, contributor)), [401, 'Unauthorized', 'role-missing']);
  }
});

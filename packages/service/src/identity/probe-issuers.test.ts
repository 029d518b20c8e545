import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../__fixtures__/service.ts';

test('the service tells at its start that an issuer cannot be reached, and is ready all the same', async () => {
  const issuers = [{ issuer: 'https://127.0.0.1:1/tenant' }];
  const service = await serve({ identity: { issuers }, health: { detailsFor: ['127.0.0.0/8'] } });
  const stateOf = async () => JSON.parse((await service.call('/readyz')).text).dependencies['openid-issuers'].status;
  while ((await stateOf()) !== 'failing');
  const told = service.logged.filter((line) => line.includes('openid-issuers is failing'));
  assert.equal(told.length, 1);
  assert.equal((await service.call('/readyz')).status, 200);
});

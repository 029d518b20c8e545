import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { addOperations } from '../http/operation.ts';
import { asRefusal, sendRefusal } from '../http/reply.ts';
import { getReadiness } from './get-health.ts';

test('answers not-ready with 503 while the service starts or stops', async () => {
  let isReady = false;
  const app = Fastify();
  app.setErrorHandler((error, _request, reply) => sendRefusal(reply, asRefusal(error)));
  addOperations(app, [getReadiness({ isReady: () => isReady })]);
  const starting = await app.inject('/readyz');
  assert.deepEqual([starting.statusCode, starting.json().error.innererror.code], [503, 'not-ready']);
  isReady = true;
  assert.equal((await app.inject('/readyz')).statusCode, 200);
  await app.close();
});

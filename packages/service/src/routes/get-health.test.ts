import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { bearer, identity } from '../__fixtures__/callers.ts';
import { serve } from '../__fixtures__/service.ts';
import { Health } from '../health/health.ts';
import { addOperations } from '../http/operation.ts';
import { asRefusal, sendRefusal } from '../http/reply.ts';
import { getReadiness } from './get-health.ts';
import { getServiceHealth } from './get-service-health.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };

test('answers not-ready with 503, and tells each dependency with its reason to those who may read it', async (context) => {
  let isReady = false;
  let mayRead = false;
  const health = new Health(log, () => new Date(0));
  const app = Fastify();
  context.after(() => app.close());
  app.setErrorHandler((error, _request, reply) => sendRefusal(reply, asRefusal(error)));
  addOperations(app, [getReadiness({ isReady: () => isReady, health, mayReadHealth: async () => mayRead })]);
  const answer = async (): Promise<[number, unknown]> => {
    const { statusCode, body } = await app.inject('/readyz');
    return [statusCode, JSON.parse(body)];
  };
  health.dependency('audit', { isRequired: true }).report('failing', 'the disk is full');
  const message = 'service: it is starting, stopping or lacks a dependency';
  const error = { code: 'ServiceUnavailable', message, innererror: { code: 'not-ready' } };
  const dependencies = { audit: { status: 'failing', reason: 'the disk is full', since: '1970-01-01T00:00:00.000Z' } };
  assert.deepEqual(await answer(), [503, { error }]);
  mayRead = true;
  assert.deepEqual(await answer(), [503, { status: 'not-ready', error, dependencies }]);
  isReady = true;
  assert.deepEqual(await answer(), [200, { status: 'ready', dependencies }]);
  mayRead = false;
  assert.deepEqual(await answer(), [200, { status: 'ready' }]);
});

test('/servicehealth answers 503 while the service is not ready', async (context) => {
  const app = Fastify();
  context.after(() => app.close());
  app.setErrorHandler((error, _request, reply) => sendRefusal(reply, asRefusal(error)));
  addOperations(app, [getServiceHealth({ isReady: () => false, providerOf: () => assert.fail() })]);
  const { statusCode, body } = await app.inject('/servicehealth');
  assert.deepEqual([statusCode, JSON.parse(body).error.innererror.code], [503, 'not-ready']);
});

test('dependencies are told to listed addresses and to readers of the default provider, not to others', async () => {
  const statesAt = async (service: Awaited<ReturnType<typeof serve>>, headers: Record<string, string> = {}) => {
    const { status, body } = await service.call('/readyz', { headers });
    assert.equal(status, 200);
    return typeof body === 'object' && body !== null && 'dependencies' in body;
  };
  const closed = await serve({ identity });
  assert.equal(await statesAt(closed), false);
  assert.equal(await statesAt(closed, await bearer('rita', 'default-readers')), true);
  assert.equal(await statesAt(closed, await bearer('rita', 'contoso-readers')), false);
  assert.equal(await statesAt(closed, { authorization: 'Bearer rubbish' }), false);
  const listed = await serve({ identity, health: { detailsFor: ['192.0.2.1', '127.0.0.0/8', '::1'] } });
  assert.equal(await statesAt(listed), true);
  const elsewhere = await serve({ identity, health: { detailsFor: ['192.0.2.1', '2001:db8::/32'] } });
  assert.equal(await statesAt(elsewhere), false);
});

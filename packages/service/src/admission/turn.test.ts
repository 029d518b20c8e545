/** A request takes its turn among addresses before it is admitted: while it waits, it holds nothing that is limited. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import Fastify from 'fastify';
import { parseConfig } from '../config/load.ts';
import { Admission } from './admission.ts';

test('a request is neither counted nor answered before its address has its turn', async () => {
  const turn = Promise.withResolvers<void>();
  const waiting = Promise.withResolvers<string>();
  const admission = new Admission({
    limits: parseConfig({ environment: 'development' }).admission,
    nowMs: () => 0,
    connections: { began: () => {}, ended: () => {}, authenticated: () => {} },
    turns: {
      take: (owner) => {
        waiting.resolve(owner);
        return turn.promise;
      },
    },
    refusals: { count: () => {} },
    providerOf: () => undefined,
  });
  const app = Fastify();
  app.addHook('onRequest', (request, reply) => admission.admit(request, reply));
  app.get('/', () => ({ requests: admission.held.requests }));
  let isAnswered = false;
  const answer = app.inject('/').then((reply) => {
    isAnswered = true;
    return reply.json();
  });
  assert.match(await waiting.promise, /127\.0\.0\.1/);
  await setImmediate();
  assert.deepEqual([admission.held.requests, isAnswered], [0, false]);
  turn.resolve();
  assert.deepEqual(await answer, { requests: 1 });
});

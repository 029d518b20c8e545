/** Clients that trust the same authorities share what was read of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { trustOptions } from './trust.ts';

test('authorities are read once while they are in use, and those of the distant past are forgotten', () => {
  const [first = '', second = '', ...others] = rootCertificates;
  const { secureContext } = trustOptions(first);
  assert.ok(secureContext !== undefined);
  assert.notEqual(trustOptions(second).secureContext, secureContext);
  assert.equal(trustOptions(first).secureContext, secureContext);
  for (const other of others.slice(0, 8)) trustOptions(other);
  assert.notEqual(trustOptions(first).secureContext, secureContext);
});

test('no authority is Node’s own trust', () => assert.deepEqual(trustOptions(undefined), {}));

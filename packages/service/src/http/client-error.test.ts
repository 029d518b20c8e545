/** What is no request is answered only where an answer can arrive. */
import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { TLSSocket } from 'node:tls';
import { answerClientError } from './client-error.ts';

test('cuts at once a connection whose handshake did not end in time', () => {
  const socket = new TLSSocket(new Socket());
  const late = Object.assign(new Error('late'), { code: 'ERR_TLS_HANDSHAKE_TIMEOUT' });
  answerClientError(late, socket);
  assert.equal(socket.destroyed, true);
});

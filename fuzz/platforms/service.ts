/** Runs a service on loopback that trusts the simulated machine, and sends it bytes. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { development } from '@atesto/development';
import { startService } from '@atesto/service';
import { intel } from './intel.ts';
import { at } from './roots.ts';

const directory = mkdtempSync(join(tmpdir(), 'atesto-fuzz-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
const collateral = await intel.collateral({ tee: 'sgx' });
/** Effectively unlimited: what is fuzzed here is how requests are read, not admission. */
const unlimited = 1_000_000;

const service = await startService(
  {
    environment: 'development',
    stateDirectory: directory,
    log: { level: 'silent' },
    listen: { port: 0 },
    limits: { bodyBytes: 65_536 },
    admission: {
      address: { requestsPerSecond: unlimited, requestBurst: unlimited },
      provider: { requestsPerSecond: unlimited, requestBurst: unlimited },
    },
    provider: { trustAnchors: [intel.rootFingerprint] },
  },
  { development, clock: () => at, intelEndorsements: { get: async () => ({ ok: true, value: { collateral } }) } },
);

const { hostname, port } = new URL(service.url);
const ca = readFileSync(service.caFile ?? '');

/** An incomplete request gets no response: the client closes the connection after this time. */
const timeoutMs = 150;

/** Sends bytes over a connection of its own, and answers all that came back before the connection closed, or nothing came any more. */
export function exchangeBytes(bytes: Uint8Array): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  const socket = connect({ host: hostname, port: Number(port), ca }, () => socket.write(bytes));
  socket.setTimeout(timeoutMs, () => socket.destroy());
  socket.on('data', (chunk) => chunks.push(chunk));
  // A server may reset a connection that goes on sending after its answer.
  socket.on('error', () => {});
  socket.on('close', () => resolve(Buffer.concat(chunks)));
  return promise;
}

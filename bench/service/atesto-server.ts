/**
 * The service itself, as a process of the benchmark. Answers `address`, `memory` and `cpu`. The second argument, where there is one, is
 * `off` for a service that puts nothing down, or the connection string of a PostgreSQL server.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { development } from '@atesto/development';
import { startService } from '@atesto/service';
import { answerMessages, memoryNow } from './process.ts';
import { readWorkload } from './workload.ts';

const [directory = '', store = ''] = process.argv.slice(2);
const { collateral, at, trustAnchors } = readWorkload(directory);
const audit = {
  pending: 0,
  record: async () => {},
  query: async () => ({ ok: true, value: { entries: [] } }) as const,
  count: () => true,
  verify: async () => ({ ok: true, value: { rows: 0, findings: [], unvouched: [] } }) as const,
  vouchFor: async () => {},
  removeExpired: async () => ({ ok: true, value: 0 }) as const,
  close: async () => {},
};
const integrityKeyFile = join(directory, 'integrity.key');
if (store.startsWith('postgres')) writeFileSync(integrityKeyFile, Buffer.alloc(32, 1));
const service = await startService(
  {
    environment: 'development',
    stateDirectory: join(directory, `state-${process.pid}`),
    ...(store.startsWith('postgres')
      ? { storage: { kind: 'postgres', connectionString: store, integrityKeyFile } }
      : {}),
    log: { level: 'warn' },
    // One client asks as fast as it can.
    admission: {
      address: { requestsPerSecond: 1_000_000, requestBurst: 1_000_000 },
      provider: { requestsPerSecond: 1_000_000, requestBurst: 1_000_000 },
    },
    listen: { port: 0 },
    provider: { trustAnchors: [...trustAnchors] },
  },
  {
    development,
    // As at the time at which the quote is good, and moving on.
    clock: () => new Date(at.getTime() + performance.now()),
    intelEndorsements: { get: async () => ({ ok: true, value: { collateral } }) },
    ...(store === 'off' ? { audit } : {}),
  },
);
const address = { url: `${service.url}/attest/SgxEnclave?api-version=2020-10-01`, caFile: service.caFile };
answerMessages(
  (message) => (message === 'memory' ? memoryNow() : message === 'cpu' ? process.cpuUsage() : address),
  () => void service.close().then(() => process.exit()),
);

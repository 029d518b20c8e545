/** The service itself, as a process of the benchmark. Answers `address` and `memory`. */
import { join } from 'node:path';
import { startService } from '@atesto/service';
import { answerMessages, memoryNow } from './process.ts';
import { readWorkload } from './workload.ts';

const [directory = ''] = process.argv.slice(2);
const { collateral, at, trustAnchors } = readWorkload(directory);
const service = await startService(
  {
    environment: 'development',
    stateDirectory: join(directory, 'state'),
    listen: { port: 0 },
    provider: { trustAnchors: [...trustAnchors] },
  },
  { clock: () => at, intelEndorsements: { get: async () => ({ ok: true, collateral }) } },
);
const address = { url: `${service.url}/attest/SgxEnclave?api-version=2020-10-01`, caFile: service.caFile };
answerMessages(
  (message) => (message === 'memory' ? memoryNow() : address),
  () => void service.close().then(() => process.exit()),
);

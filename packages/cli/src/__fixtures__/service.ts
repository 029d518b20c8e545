/** A development service of tests that trusts a simulated platform, as `atesto serve --development --simulator` runs it. */

import { join } from 'node:path';
import { after } from 'node:test';
import { development } from '@atesto/development';
import { type RunningService, startService } from '@atesto/service';
import { openSimulator } from '../simulator/directory.ts';
import { temporaryDirectory } from './directory.ts';

/** What a test needs to call it. */
export interface TestService {
  readonly url: string;
  /** Path of the CA. */
  readonly ca: string;
  /** Path of the JSON with the client's id and secret. */
  readonly clientFile: string;
  readonly issuer: string;
  /** Directory of the simulated platform. */
  readonly simulator: string;
}

const running: RunningService[] = [];
after(async () => {
  for (const service of running) await service.close();
});

/** Starts one on free ports; it ends with the tests of the file. */
export async function startTestService(): Promise<TestService> {
  const directory = temporaryDirectory();
  const simulator = join(directory, 'simulator');
  const { platform, collateral } = await openSimulator(simulator);
  const stateDirectory = join(directory, 'state');
  const service = await startService(
    {
      environment: 'development',
      stateDirectory,
      listen: { port: 0 },
      identity: { requireAccessToken: true },
      developmentIdentity: { enabled: true, port: 0 },
      endorsements: { intel: { bundle: collateral } },
      provider: { trustAnchors: [platform.rootFingerprint] },
    },
    { development, log: { write: () => {} } },
  );
  running.push(service);
  return {
    url: service.url,
    ca: service.caFile ?? '',
    clientFile: join(stateDirectory, 'development', 'client.json'),
    issuer: service.developmentIdentity?.issuer ?? '',
    simulator,
  };
}

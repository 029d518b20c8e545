/** A development service of tests that trusts a simulated platform, as `atesto serve --development --simulator` runs it. */

import { join } from 'node:path';
import { after } from 'node:test';
import { development, simulatedEndorsements } from '@atesto/emulator';
import { startService } from '@atesto/service';
import { openPlatforms } from '../emulator/load.ts';
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

/** Starts one on free ports; it ends with the test, or the file, that starts it. */
export async function startTestService(): Promise<TestService> {
  const directory = temporaryDirectory();
  const simulator = join(directory, 'simulator');
  const platforms = await openPlatforms(simulator);
  const stateDirectory = join(directory, 'state');
  const service = await startService(
    {
      environment: 'development',
      stateDirectory,
      listen: { port: 0 },
      identity: { requireAccessToken: true },
      developmentIdentity: { enabled: true, port: 0 },
      provider: { trustAnchors: platforms.trustAnchors },
    },
    { development, log: { write: () => {} }, ...simulatedEndorsements(platforms) },
  );
  after(() => service.close());
  return {
    url: service.url,
    ca: service.caFile ?? '',
    clientFile: join(stateDirectory, 'development', 'client.json'),
    issuer: service.developmentIdentity?.issuer ?? '',
    simulator,
  };
}

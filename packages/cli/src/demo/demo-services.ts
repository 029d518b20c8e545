/** Runs the service and the OpenID provider of the demonstration on loopback ports, with a temporary state directory. */
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultTcbBaseline, type TcbStatus } from '@atesto/evidence/advanced';
import { type RunningService, startService } from '@atesto/service';
import { loadEmulator } from '../emulator/load.ts';
import { explainStart } from '../serve/start.ts';
import type { Scenario } from './scenario.ts';

/** What the operator of the service accepts beyond the defaults. */
export interface Overrides {
  /** How long past its next update collateral is accepted. */
  readonly staleGraceSeconds: number;
  /** TCB statuses beyond those of the default baseline. */
  readonly tcbStatuses: readonly TcbStatus[];
}

/** A running service. */
export interface DemoEnvironment {
  readonly service: RunningService;
  /** PEM of the CA that made the certificates of both servers. */
  readonly ca: string;
  readonly clock: () => Date;
}

/** Runs one environment at a time. */
export interface DemoServices {
  /** Stops the running environment and starts one with other settings. Keys, certificates and the client stay the same. */
  restart(overrides: Overrides): Promise<DemoEnvironment>;
  /** Stops the running environment and removes its files. */
  close(): Promise<void>;
}

/** Makes a temporary directory for the services; starts nothing. */
export async function openDemoServices(scenario: Scenario): Promise<DemoServices> {
  const { development } = await loadEmulator('the demonstration');
  const directory = await mkdtemp(join(tmpdir(), 'atesto-demo-'));
  // A reader that closes the pipe early, such as `head`, ends the process at once.
  const removeAtExit = (): void => rmSync(directory, { recursive: true, force: true });
  process.once('exit', removeAtExit);
  const bundle = scenario.collateralFile ?? join(directory, 'collateral.json');
  if (scenario.collateralFile === undefined) await writeFile(bundle, scenario.collateral);
  await mkdir(join(directory, 'state'));
  const { at } = scenario;
  const clock = at === undefined ? () => new Date() : () => at;
  let service: RunningService | undefined;
  let isClosing = false;
  let lastStart: Promise<unknown> = Promise.resolve();

  async function start(overrides: Overrides): Promise<DemoEnvironment> {
    await service?.close();
    const settings = settingsFor(scenario, directory, bundle, overrides);
    service = await explainStart(() => startService(settings, { development, clock, log: { write: () => {} } }));
    return { service, ca: await readFile(service.caFile ?? '', 'utf8'), clock };
  }

  return {
    restart: (overrides) => {
      if (isClosing) return Promise.reject(new Error('the demonstration services are closed'));
      const starting = start(overrides);
      lastStart = starting.catch(() => undefined);
      return starting;
    },
    close: async () => {
      // May be called while a service starts: wait for that one, and start no other.
      isClosing = true;
      await lastStart;
      await service?.close();
      await rm(directory, { recursive: true, force: true });
      process.removeListener('exit', removeAtExit);
    },
  };
}

function settingsFor(
  scenario: Scenario,
  directory: string,
  bundle: string,
  { staleGraceSeconds, tcbStatuses }: Overrides,
) {
  return {
    environment: 'development' as const,
    stateDirectory: join(directory, 'state'),
    listen: { host: '127.0.0.1', port: 0 },
    identity: { requireAccessToken: true },
    developmentIdentity: { enabled: true, port: 0 },
    endorsements: { intel: { bundle, staleGraceSeconds } },
    provider: {
      trustAnchors: scenario.developmentRoot === undefined ? [] : [scenario.developmentRoot],
      baseline: {
        sgx: { acceptedStatuses: [...new Set([...defaultTcbBaseline.acceptedTcbStatuses, ...tcbStatuses])] },
      },
    },
  };
}

/** Where the demonstration plays: a real service and a real OpenID provider on loopback ports, with a state of their own. */

import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { development } from '@atesto/development';
import { defaultTcbBaseline, type TcbStatus } from '@atesto/evidence';
import { type RunningService, startService } from '@atesto/service';
import { explainStart } from '../serve/start.ts';
import type { Cast } from './cast.ts';

/** What the operator of the service lets pass that is refused by default. */
export interface Concessions {
  /** Collateral this many seconds past its next update; 0: none. */
  readonly staleGraceSeconds: number;
  /** TCB statuses beyond those of the default baseline. */
  readonly tcbStatuses: readonly TcbStatus[];
}

/** A stage that is set. */
export interface Stage {
  readonly service: RunningService;
  /** PEM of the CA that made the certificates of both servers. */
  readonly ca: string;
  readonly clock: () => Date;
}

/** Sets stages one after the other, and clears everything away at the end. */
export interface Theatre {
  /** Sets the stage; what stood there before is stopped first. Keys, certificates and the client stay the same. */
  set(concessions: Concessions): Promise<Stage>;
  clear(): Promise<void>;
}

/** Opens a theatre in a temporary directory. */
export async function openTheatre(cast: Cast): Promise<Theatre> {
  const directory = await mkdtemp(join(tmpdir(), 'atesto-demo-'));
  // A reader of the output that has had enough, such as `head`, ends the process at once.
  const clearAtExit = (): void => rmSync(directory, { recursive: true, force: true });
  process.once('exit', clearAtExit);
  const bundle = cast.collateralFile ?? join(directory, 'collateral.json');
  if (cast.collateralFile === undefined) await writeFile(bundle, cast.collateral);
  await mkdir(join(directory, 'state'));
  const { at } = cast;
  const clock = at === undefined ? () => new Date() : () => at;
  let service: RunningService | undefined;
  let isClearing = false;
  let lastSet: Promise<unknown> = Promise.resolve();

  async function set(concessions: Concessions): Promise<Stage> {
    await service?.close();
    const settings = settingsFor(cast, directory, bundle, concessions);
    service = await explainStart(() => startService(settings, { development, clock, log: { write: () => {} } }));
    return { service, ca: await readFile(service.caFile ?? '', 'utf8'), clock };
  }

  return {
    set: (concessions) => {
      if (isClearing) return Promise.reject(new Error('the theatre is closed'));
      const setting = set(concessions);
      lastSet = setting.catch(() => undefined);
      return setting;
    },
    clear: async () => {
      // The play may be asked to stop while a service starts: that one is waited for, and no other begins.
      isClearing = true;
      await lastSet;
      await service?.close();
      await rm(directory, { recursive: true, force: true });
      process.removeListener('exit', clearAtExit);
    },
  };
}

function settingsFor(cast: Cast, directory: string, bundle: string, { staleGraceSeconds, tcbStatuses }: Concessions) {
  return {
    environment: 'development' as const,
    stateDirectory: join(directory, 'state'),
    listen: { host: '127.0.0.1', port: 0 },
    identity: { requireAccessToken: true },
    developmentIdentity: { enabled: true, port: 0 },
    endorsements: { intel: { bundle, staleGraceSeconds } },
    provider: {
      trustAnchors: cast.developmentRoot === undefined ? [] : [cast.developmentRoot],
      baseline: {
        sgx: { acceptedStatuses: [...new Set([...defaultTcbBaseline.acceptedTcbStatuses, ...tcbStatuses])] },
      },
    },
  };
}

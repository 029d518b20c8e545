/** Starts a service for a command, and explains failures to start. */
import { ConfigRefused, type RunningService, StoreUnusable } from '@atesto/service';
import { CliFailure } from '../failure.ts';
import { exitCodes } from '../session.ts';

const listening: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'this user may not listen on the port',
  EADDRNOTAVAIL: 'this machine does not have the address',
  ENOTFOUND: 'the host name has no address',
};

/** Runs `start` and turns its errors into failures. @param more added to the hint when the settings are refused */
export async function explainStart(start: () => Promise<RunningService>, more = ''): Promise<RunningService> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof ConfigRefused) {
      throw new CliFailure(exitCodes.usage, error.message, `docs/configuration.md lists every setting.${more}`);
    }
    if (error instanceof StoreUnusable) {
      throw new CliFailure(exitCodes.unavailable, error.message, 'docs/hosting.md describes what a store needs.');
    }
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    const why = typeof code === 'string' ? listening[code] : undefined;
    if (why === undefined) throw error;
    throw new CliFailure(
      exitCodes.unavailable,
      `the service cannot listen: ${why}`,
      'Set listen.host and listen.port.',
    );
  }
}

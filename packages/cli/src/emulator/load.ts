/** Loads the package of what only development needs: simulated platforms, a CA, an OpenID provider. A production installation lacks it. */
import { CliFailure } from '../failure.ts';
import { exitCodes } from '../session.ts';
import { version } from '../version.ts';

/** What the package exports. */
export type EmulatorPackage = typeof import('@atesto/emulator');

/** The package with the version of this command line. */
export const emulatorSpecifier = `@atesto/emulator@${version}`;

/** The package; undefined when it is not installed. */
export async function findEmulator(): Promise<EmulatorPackage | undefined> {
  try {
    return await import('@atesto/emulator');
  } catch (error) {
    if (error instanceof Error && isAbsent(error)) return undefined;
    throw error;
  }
}

/** Whether the package itself is missing, not something that it needs. */
function isAbsent(error: Error): boolean {
  return Reflect.get(error, 'code') === 'ERR_MODULE_NOT_FOUND' && error.message.includes("'@atesto/emulator'");
}

/** The package. Throws `CliFailure` when it is not installed. @param what needs it, for the message */
export async function loadEmulator(what: string): Promise<EmulatorPackage> {
  const found = await findEmulator();
  if (found !== undefined) return found;
  throw new CliFailure(
    exitCodes.usage,
    `${what} needs the package @atesto/emulator, which is not installed`,
    `Run npm install ${emulatorSpecifier} beside atesto (with -g if atesto is installed so). Production needs none of it.`,
  );
}

/** The simulated platforms of a directory, which are made if there are none. Throws `CliFailure` when its files hold something else. */
export async function openPlatforms(directory: string) {
  const { openSimulatedPlatforms, PlatformsUnreadable } = await loadEmulator('--simulator');
  return openSimulatedPlatforms(directory).catch((error: unknown) => {
    if (!(error instanceof PlatformsUnreadable)) throw error;
    const hint = 'Name another directory, or remove this one: new platforms are made.';
    throw new CliFailure(exitCodes.usage, error.message, hint);
  });
}

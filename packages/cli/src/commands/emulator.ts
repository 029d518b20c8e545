/** `atesto emulator`: the emulator of `@atesto/emulator`, installed or fetched for this run. Its options are those of that package's own command. */
import { Command } from 'commander';
import { findEmulator } from '../emulator/load.ts';
import type { Session } from '../session.ts';

/** The command, for the list of commands: {@link runEmulator} runs it. */
export function emulatorCommand(): Command {
  return new Command('emulator').description(
    'Runs an attestation service with simulated platforms, for tests on this machine.',
  );
}

/** Runs it with everything that follows its name, which the package reads, and resolves to its exit code. */
export async function runEmulator(args: readonly string[], session: Session): Promise<number> {
  const emulator = await findEmulator();
  if (emulator !== undefined) return emulator.runEmulatorCommand(args, session);
  const { runFetchedEmulator } = await import('../emulator/hand-over.ts');
  return runFetchedEmulator(args, session);
}

/** `atesto help` and `atesto version`: what `--help` and `--version` say, for those who look for a command. */
import { Command } from 'commander';
import type { Session } from '../session.ts';
import { version } from '../version.ts';
import { runEmulator } from './emulator.ts';

const helpExamples = `
Examples:
  $ atesto help
  $ atesto help provider policy set`;

const versionExamples = `
Example:
  $ atesto version`;

/** The command that shows how the others are used. */
export function helpCommand(session: Session): Command {
  return new Command('help')
    .description('Shows how a command is used.')
    .argument('[command...]', 'the command')
    .addHelpText('after', helpExamples)
    .action(async (path: string[], _options: object, command: Command) => {
      // Its help is that of another package.
      if (path[0] === 'emulator') session.exitCode = await runEmulator(['--help'], session);
      else await showHelp(path, command.parent ?? command);
    });
}

async function showHelp(path: readonly string[], program: Command): Promise<void> {
  let found = program;
  for (const [index, name] of path.entries()) {
    const next = found.commands.find((command) => command.name() === name);
    if (next === undefined) {
      // What follows a command without commands of its own is an argument of it.
      if (found.commands.length === 0) break;
      await program.parseAsync(path.slice(0, index + 1), { from: 'user' });
    } else found = next;
  }
  found.help();
}

/** The command that prints the version. */
export function versionCommand(session: Session): Command {
  return new Command('version')
    .description('Prints the version.')
    .addHelpText('after', versionExamples)
    .action(() => session.out(`${version}\n`));
}

/** The command line of Atesto: reads the arguments, runs one command, ends with its exit code. */
import { Command, CommanderError } from 'commander';
import { attestCommand } from './commands/attest.ts';
import { demoCommand } from './commands/demo.ts';
import { serveCommand } from './commands/serve.ts';
import { tokenCommand } from './commands/token.ts';
import { verifyCommand } from './commands/verify.ts';
import { exitCodes, explain } from './failure.ts';

const program = new Command('atesto')
  .description('Attests trusted execution environments, and verifies what was attested.')
  .version('0.1.0')
  .exitOverride()
  .showHelpAfterError('(add --help for the usage)')
  .addCommand(serveCommand())
  .addCommand(attestCommand())
  .addCommand(verifyCommand())
  .addCommand(tokenCommand())
  .addCommand(demoCommand());

for (const command of program.commands) {
  command.exitOverride();
  for (const below of command.commands) below.exitOverride();
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  else {
    const { lines, exitCode } = explain(error);
    for (const line of lines) process.stderr.write(`${line}\n`);
    process.exitCode = exitCode;
  }
}

/** How command lines are read, and what is said of wrong ones: unknown options come before missing ones. */
import type { Command, CommanderError, Option } from 'commander';
import { CliFailure } from './failure.ts';
import { exitCodes, type Session } from './session.ts';

/**
 * Lets a command say which options are missing only after unknown ones and wrong arguments were named, as most missing options are
 * misspelled ones, and all of them at once.
 */
export function askForMissingLast(command: Command): void {
  const required = command.options.filter(({ mandatory }) => mandatory);
  if (required.length === 0) return;
  for (const option of required) option.makeOptionMandatory(false);
  command.hook('preAction', () => {
    const missing = required.filter((option) => command.getOptionValue(option.attributeName()) === undefined);
    if (missing.length > 0) command.error(`error: ${missingText(missing)} not specified`);
  });
}

function missingText(missing: readonly Option[]): string {
  const names = missing.map(({ flags }) => `'${flags}'`).join(', ');
  return missing.length === 1 ? `required option ${names}` : `required options ${names}`;
}

/** Commander neither exits nor writes by itself: the session does both. */
export function connectOutput(command: Command, path: string, session: Session): void {
  const { err: style } = session.style;
  command
    .exitOverride()
    .configureOutput({
      writeOut: session.out,
      // As JSON it is told in one piece, when the run ends.
      writeErr: session.isJson ? () => {} : session.err,
      getOutHasColors: () => session.color.out,
      getErrHasColors: () => session.color.err,
      outputError: (text, write) => write(text.replace(/^error:/, style.bad('atesto:'))),
    })
    .helpOption('-h, --help', 'show how this is used')
    .helpCommand(false)
    .showHelpAfterError(`${style.faint('hint:')} ${path} --help shows how it is used.`);
}

/** The failure that commander found. */
export function misuseOf({ message }: CommanderError): CliFailure {
  const [what = '', suggestion] = message.replace(/^error: /, '').split(/\n\((Did you mean .+\?)\)$/s);
  return new CliFailure(exitCodes.usage, what, { hint: suggestion });
}

/** The identifier of a signing key is a SHA-256 in base64url: one in 64 begins with a hyphen. */
const keyIdLikeAnOption = /^-[\w-]{42}$/;

/** The command line with such an identifier where it is not taken for an option. */
export function withKeyIdLast(args: readonly string[]): string[] {
  const isAboutKey = ['provider', 'key', 'withdraw'].every((word, index) => args[index] === word);
  const keyId = isAboutKey ? args.find((arg) => keyIdLikeAnOption.test(arg)) : undefined;
  return keyId === undefined || args.includes('--') ? [...args] : [...args.filter((arg) => arg !== keyId), '--', keyId];
}

/** `atesto verify FILE`: recognizes the technology of the evidence and goes on as its command. */
import { Command, Option } from 'commander';
import { CliFailure, misused } from '../failure.ts';
import { betterCommand, readEvidence, technologyOf } from '../input/evidence.ts';
import { exitCodes, type Session } from '../session.ts';

const examples = `
Examples:
  $ atesto verify quote.bin --collateral collateral.json --at now
  $ atesto verify report.bin --certificate vcek.pem --ca cert_chain.pem --crl crl.der --at now
  $ atesto verify quote.hex --collateral collateral.json --at now --development-root 5f3a… --json
`;

/** The end of the help of `atesto verify`. */
export const verifyHelp = `${examples}
A file without a technology before it is recognized. Options are those of its technology: atesto help verify sgx shows them.`;

/** The command. @param technologies the commands among which it chooses */
export function verifyAnyCommand(technologies: readonly Command[], session: Session): Command {
  const command = new Command('any')
    .description('Recognizes the technology of the evidence; the name any may be left out.')
    .argument('<file>', 'the evidence')
    .allowExcessArguments()
    .addHelpText('after', `${examples}\nThe options are those of the technology.`);
  const options = new Map(technologies.flatMap(({ options: all }) => all.map(({ flags, long }) => [long, flags])));
  for (const flags of options.values()) command.addOption(new Option(flags).hideHelp());
  return command.action(async (file: string) => {
    const names = technologies.map((technology) => technology.name()).join(', ');
    const [, another] = command.args;
    if (another !== undefined) misused(`there is no technology '${file}'`, `Technologies are ${names}.`);
    const evidence = await readEvidence(file, 'the evidence');
    const { kind, title } = evidence;
    const technology = kind === undefined ? undefined : technologyOf[kind];
    if (kind === undefined) {
      const hint = `atesto inspect --help lists the kinds. Technologies that can be named are ${names}.`;
      throw new CliFailure(exitCodes.refused, `${file}: it is of no kind that is known here`, hint);
    }
    if (technology === undefined) misused(`${file} is nothing to verify offline: ${title}`, betterCommand(evidence));
    const withoutName = session.args.slice(session.args[1] === 'any' ? 2 : 1);
    await command.parent?.parent?.parseAsync(['verify', technology, ...withoutName], { from: 'user' });
  });
}

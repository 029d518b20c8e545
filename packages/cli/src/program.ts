/** Builds the tree of commands. Each command has a file of its own and loads its dependencies only when it runs. */
import { Command } from 'commander';
import { attestCommand } from './commands/attest.ts';
import { demoCommand } from './commands/demo.ts';
import { emulatorCommand } from './commands/emulator.ts';
import { helpCommand, versionCommand } from './commands/help.ts';
import { inspectCommand } from './commands/inspect.ts';
import { policyCheckCommand } from './commands/policy-check.ts';
import { policyEvalCommand } from './commands/policy-eval.ts';
import { policyExplainCommand } from './commands/policy-explain.ts';
import { policyFormatCommand } from './commands/policy-format.ts';
import { policyTestCommand } from './commands/policy-test.ts';
import { providerCommands } from './commands/provider.ts';
import { providerAuditCommand } from './commands/provider-audit.ts';
import { providerKeyCommands } from './commands/provider-key.ts';
import { providerPolicyCommands } from './commands/provider-policy.ts';
import { providerSignerCommands } from './commands/provider-signer.ts';
import { serveCommand } from './commands/serve.ts';
import { simulateCommand } from './commands/simulate.ts';
import { storeCommands } from './commands/store.ts';
import { storeDeletionCommands } from './commands/store-deletions.ts';
import { tokenInspectCommand } from './commands/token-inspect.ts';
import { tokenVerifyCommand } from './commands/token-verify.ts';
import { verifyAnyCommand, verifyHelp } from './commands/verify-any.ts';
import { verifyAzureCvmCommand } from './commands/verify-azure-cvm.ts';
import { verifySevSnpCommand } from './commands/verify-sevsnp.ts';
import { verifySgxCommand } from './commands/verify-sgx.ts';
import { verifyTdxCommand } from './commands/verify-tdx.ts';
import type { Session } from './session.ts';
import { askForMissingLast, connectOutput } from './usage.ts';
import { version } from './version.ts';

/** Builds the tree for one run. */
export function buildProgram(session: Session): Command {
  const program = new Command('atesto')
    .description('Atesto: attestation service, its clients and its tools.')
    .version(version, '-V, --version', 'print the version');
  const commands = [
    serveCommand(session),
    attestCommand(session),
    verifyCommands(session),
    group('token', 'Verify or inspect attestation tokens.', [
      tokenVerifyCommand(session),
      tokenInspectCommand(session),
    ]),
    group('policy', 'Check, format and try attestation policies.', [
      policyCheckCommand(session),
      policyFormatCommand(session),
      policyEvalCommand(session),
      policyExplainCommand(session),
      policyTestCommand(session),
    ]),
    group('provider', 'Administer the attestation providers of a service.', [
      ...providerCommands(session),
      group('policy', 'The policies of a provider.', providerPolicyCommands(session)),
      group('signer', 'The signers of its policies.', providerSignerCommands(session)),
      group('key', 'The keys that sign its tokens.', providerKeyCommands(session)),
      providerAuditCommand(session),
    ]),
    group('store', 'Check the store of a service, and make the decisions that need an operator.', [
      ...storeCommands(session),
      group('deletions', 'Pending permanent deletions.', storeDeletionCommands(session)),
    ]),
    inspectCommand(session),
    emulatorCommand(),
    simulateCommand(session),
    demoCommand(session),
    helpCommand(session),
    versionCommand(session),
  ];
  for (const command of commands) program.addCommand(command);
  for (const command of everyCommand(program)) {
    connectOutput(command, pathOf(command), session);
    askForMissingLast(command);
  }
  return program;
}

function verifyCommands(session: Session): Command {
  const technologies = [
    verifySgxCommand(session),
    verifyTdxCommand(session),
    verifySevSnpCommand(session),
    verifyAzureCvmCommand(session),
  ];
  return group('verify', 'Appraise evidence offline.', technologies)
    .addCommand(verifyAnyCommand(technologies, session), { isDefault: true })
    .addHelpText('after', verifyHelp);
}

function group(name: string, description: string, commands: readonly Command[]): Command {
  const parent = new Command(name).description(description);
  for (const command of commands) parent.addCommand(command);
  return parent;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

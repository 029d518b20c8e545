/** `atesto verify`: appraises evidence offline, against endorsements from files, at a given time. */
import { Command } from 'commander';
import { verifySgxCommand } from './verify-sgx.ts';

/** The command with one sub-command for each technology. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('Appraises evidence offline: exit 0 valid, 1 refused, 2 usage.')
    .addCommand(verifySgxCommand());
}

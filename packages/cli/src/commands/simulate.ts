/** `atesto simulate`: writes evidence of simulated platforms with everything that verifies it, to try the other commands. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportDataFor } from '@atesto/client';
import { Command } from 'commander';
import { openPlatforms } from '../emulator/load.ts';
import type { Session } from '../session.ts';

const examples = `
Examples:
  $ atesto simulate
  $ atesto simulate simulator

Writes sgx-quote.bin, tdx-quote.bin and snp-report.bin, which commit to data.txt, beside the collateral and the certificates of their
platforms, and the hash of each root's key. The platforms are made when the directory has none; atesto serve --development --simulator
trusts them. Nothing else does: who trusts a development root trusts whoever can read the directory.`;

/** The command. */
export function simulateCommand(session: Session): Command {
  return new Command('simulate')
    .description('Writes simulated evidence and its collateral, to try the other commands.')
    .argument('[directory]', 'where', join('.atesto', 'simulator'))
    .option('--json', 'print the paths as JSON')
    .addHelpText('after', examples)
    .action((directory: string) => simulate(directory, session));
}

const data = Buffer.from('held by the enclave\n');

async function simulate(directory: string, session: Session): Promise<void> {
  const { intel, amd } = await openPlatforms(directory);
  const reportData = reportDataFor({ bytes: data });
  const files: Readonly<Record<string, Uint8Array | string>> = {
    'sgx-quote.bin': intel.quote({ body: { reportData } }),
    'tdx-quote.bin': intel.tdxQuote({ body: { reportData } }),
    'snp-report.bin': amd.report({ fields: { reportData } }),
    'data.txt': data,
    'intel-root.txt': `${intel.rootFingerprint}\n`,
    'amd-root.txt': `${amd.rootFingerprint}\n`,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  if (session.isJson) {
    session.out(`${JSON.stringify({ directory, files: Object.keys(files) })}\n`);
    return;
  }
  const at = (...names: string[]): string => join(directory, ...names);
  const intelCommand = (name: string, tee: string): string =>
    `${at(name)} --collateral ${at('collateral', `${tee}.json`)} --at now --development-root ${intel.rootFingerprint}`;
  const amdCommand = `${at('snp-report.bin')} --certificate ${at('amd', 'vcek.pem')} --ca ${at('amd', 'cert_chain.pem')} --crl ${at('amd', 'crl.der')} --at now --development-root ${amd.rootFingerprint}`;
  const commands = [intelCommand('sgx-quote.bin', 'sgx'), intelCommand('tdx-quote.bin', 'tdx'), amdCommand];
  session.out(commands.map((command) => `atesto verify ${command} --runtime-data ${at('data.txt')}\n`).join(''));
  session.err('To see whether it is genuine, run one of these.\n');
}

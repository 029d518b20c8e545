/** The Azure command line, from PyPI. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client, Missing } from '../client.ts';
import { madeOnce, orMissing, runTool, versionOf } from '../install.ts';
import { pinsOf } from '../pins.ts';

const folder = import.meta.dirname;

/** The command. */
async function install(): Promise<string | Missing> {
  const version = await versionOf('python3', ['-c', 'import venv, ensurepip, sys; print(sys.version)']);
  if (version === undefined) return { missing: 'python3 with venv is not installed', isFailure: true };
  const needed = join(folder, 'requirements.txt');
  const bare = join(folder, 'no-dependencies.txt');
  const inputs = [version, readFileSync(needed), readFileSync(bare)];
  const made = madeOnce('az', inputs, async (directory) => {
    await runTool('python3', ['-m', 'venv', directory]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-compile'];
    const python = join(directory, 'bin', 'python');
    await runTool(python, [...pip, '-r', needed]);
    await runTool(python, [...pip, '--no-deps', '-r', bare]);
  });
  const directory = await orMissing(made);
  return typeof directory === 'string' ? join(directory, 'bin', 'az') : directory;
}

export const azClients: readonly Client[] = [
  {
    name: 'az',
    language: 'command line',
    pins: pinsOf(folder, 'no-dependencies.txt', 'azure-cli'),
    address: '`az cloud register --endpoint-resource-manager`: URI of the service, without slash at its end',
    needs:
      '`AZURE_CORE_INSTANCE_DISCOVERY=false`, and `--password=` where a secret begins with a hyphen; `REQUESTS_CA_BUNDLE` where the CA is not public',
    prepare: async ({ file }) => {
      const az = await install();
      if (typeof az !== 'string') return az;
      return [{ command: process.execPath, args: [join(folder, 'commands.ts'), az, file] }];
    },
  },
];

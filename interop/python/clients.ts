/** Clients of PyPI: Azure's own, and libraries of relying parties. They share one virtual environment. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client, Missing, Program } from '../client.ts';
import { madeOnce, orMissing, runTool, versionOf } from '../install.ts';
import { pinsOf } from '../pins.ts';
import type { RunningScenario } from '../scenario.ts';

const language = 'Python';
const folder = import.meta.dirname;
const pins = (...names: string[]): string[] => pinsOf(folder, 'requirements.txt', ...names);

let environment: Promise<string | Missing> | undefined;

/** The interpreter of the environment for the requirements as they are now. */
async function interpreter(): Promise<string | Missing> {
  const version = await versionOf('python3', ['-c', 'import venv, ensurepip, sys; print(sys.version)']);
  if (version === undefined) return { missing: 'python3 with venv is not installed', isFailure: true };
  const requirements = join(folder, 'requirements.txt');
  const made = madeOnce('python', [version, readFileSync(requirements)], async (directory) => {
    await runTool('python3', ['-m', 'venv', directory]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
    await runTool(join(directory, 'bin', 'python'), pip);
  });
  const directory = await orMissing(made);
  return typeof directory === 'string' ? join(directory, 'bin', 'python') : directory;
}

const programs =
  (...names: string[]) =>
  async ({ file, caFile }: RunningScenario): Promise<readonly Program[] | Missing> => {
    environment ??= interpreter();
    const python = await environment;
    if (typeof python !== 'string') return python;
    const env = { REQUESTS_CA_BUNDLE: caFile };
    return names.map((name) => ({ command: python, args: [join(folder, name), file], env }));
  };

const credential =
  '`authority` and `disable_instance_discovery` of the credential; `REQUESTS_CA_BUNDLE` where the CA is not public';

export const pythonClients: readonly Client[] = [
  {
    name: 'azure-security-attestation',
    language,
    pins: pins('azure-security-attestation', 'azure-identity', 'six'),
    address: 'URI of the provider, with its path',
    needs: credential,
    prepare: programs('attest.py', 'administer.py'),
  },
  {
    name: 'azure-mgmt-attestation',
    language,
    pins: pins('azure-mgmt-attestation', 'azure-identity'),
    address: '`base_url`: URI of the service',
    needs: `\`credential_scopes\` with the audience of management; ${credential}`,
    prepare: programs('manage.py'),
  },
  {
    name: 'PyJWT',
    language,
    pins: pins('pyjwt'),
    address: 'URI of the keys: `<provider>/certs`',
    needs: '`algorithms` and `issuer`; an `ssl_context` where the CA is not public',
    prepare: programs('verify_pyjwt.py'),
  },
  {
    name: 'Authlib',
    language,
    pins: pins('authlib', 'joserfc'),
    address: 'issuer: URI of the provider',
    needs: 'nothing more; `REQUESTS_CA_BUNDLE` where the CA is not public',
    prepare: programs('verify_authlib.py'),
  },
];

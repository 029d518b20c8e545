/** Clients of the Go module proxy, built as one module. */
import { join } from 'node:path';
import type { Client, Missing, Program } from '../client.ts';
import { cacheFolder, noToolchain, orMissing, runTool, versionOf } from '../install.ts';
import { pinsOf } from '../pins.ts';
import type { RunningScenario } from '../scenario.ts';

const language = 'Go';
const folder = import.meta.dirname;
const pins = (...names: string[]): string[] => pinsOf(folder, 'go.mod', ...names);

let building: Promise<string | Missing> | undefined;

/** The folder of the programs. */
async function build(): Promise<string | Missing> {
  if ((await versionOf('go', ['version'])) === undefined) return noToolchain('go');
  const binaries = cacheFolder('go');
  const args = ['build', '-mod=readonly', '-o', `${binaries}/`, './manage', './terraform', './verify'];
  // The toolchain that is installed, whichever it is: another one would have to be fetched.
  const made = runTool('go', args, { cwd: folder, env: { GOTOOLCHAIN: 'local', CGO_ENABLED: '0', GOFLAGS: '' } });
  return orMissing(made.then(() => binaries));
}

const programs =
  (program: string, ...more: string[]) =>
  async ({ file, caFile }: RunningScenario): Promise<readonly Program[] | Missing> => {
    building ??= build();
    const binaries = await building;
    if (typeof binaries !== 'string') return binaries;
    return [{ command: join(binaries, program), args: [file, ...more], env: { SSL_CERT_FILE: caFile } }];
  };

const trust = '`SSL_CERT_FILE` where the CA is not public';

export const goClients: readonly Client[] = [
  {
    name: 'azcore/arm, the pipeline of armattestation',
    language,
    pins: pins('github.com/Azure/azure-sdk-for-go/sdk/azcore', 'github.com/Azure/azure-sdk-for-go/sdk/azidentity'),
    address: '`cloud.Configuration`: URI of the service',
    needs: `\`ActiveDirectoryAuthorityHost\` and \`DisableInstanceDiscovery\`; ${trust}`,
    prepare: programs('manage'),
  },
  {
    name: 'go-azure-sdk (Terraform)',
    language,
    pins: pins('github.com/hashicorp/go-azure-sdk/sdk'),
    address: '`metadata_host`: host and port of the service',
    needs: `nothing more in development, the rest is read from \`/metadata/endpoints\`; in production the URI of the service among \`identity.managementAudiences\`, for it is the audience; ${trust}`,
    prepare: programs('terraform'),
  },
  {
    name: 'go-oidc',
    language,
    pins: pins('github.com/coreos/go-oidc/v3'),
    address: 'issuer: URI of the provider',
    needs: `\`SkipClientIDCheck\`, since attestation tokens have no audience; ${trust}`,
    prepare: programs('verify', 'go-oidc'),
  },
  {
    name: 'hashicorp/cap (Vault)',
    language,
    pins: pins('github.com/hashicorp/cap'),
    address: 'issuer: URI of the provider, or URI of the keys: `<provider>/certs`',
    needs: '`Expected.Issuer`; the CA as PEM where it is not public',
    prepare: programs('verify', 'cap'),
  },
];

/** Clients of npm: Azure's own, and libraries of relying parties. */
import { join } from 'node:path';
import type { Client, Program } from '../client.ts';
import { pinsOf } from '../pins.ts';
import type { RunningScenario } from '../scenario.ts';

const language = 'JavaScript';
const pins = (...names: string[]): string[] => pinsOf(join(import.meta.dirname, '..'), 'package.json', ...names);
const programs =
  (...names: string[]) =>
  async ({ file, caFile }: RunningScenario): Promise<readonly Program[]> =>
    names.map((name) => ({
      command: process.execPath,
      args: [join(import.meta.dirname, name), file],
      env: { NODE_EXTRA_CA_CERTS: caFile },
    }));
const credential =
  '`authorityHost` and `disableInstanceDiscovery` of the credential; `NODE_EXTRA_CA_CERTS` where the CA is not public';

export const javascriptClients: readonly Client[] = [
  {
    name: '@azure/attestation',
    language,
    pins: pins('@azure/attestation', '@azure/identity'),
    address: 'URI of the provider, with its path',
    needs: `${credential}; \`validationOptions\` in each call, since those of the client are dropped where it has a credential`,
    prepare: programs('attest.ts', 'confidential-vm.ts', 'administer.ts'),
  },
  {
    name: '@azure/arm-attestation',
    language,
    pins: pins('@azure/arm-attestation', '@azure/identity'),
    address: '`endpoint`: URI of the service',
    needs: credential,
    prepare: programs('manage.ts'),
  },
  {
    name: 'jwks-rsa with jsonwebtoken',
    language,
    pins: pins('jwks-rsa', 'jsonwebtoken'),
    address: 'URI of the keys: `<provider>/certs`',
    needs: '`algorithms` and `issuer`; `NODE_EXTRA_CA_CERTS` where the CA is not public',
    prepare: programs('verify-jwks-rsa.ts'),
  },
];

/** The operations of the resource provider `Microsoft.Attestation`, with the paths of Azure's resource-provider API. */
import { requireManagementVersion } from '../../http/api-version.ts';
import type { Operation } from '../../http/operation.ts';
import type { ServiceContext } from '../../service-context.ts';
import { nameIn } from './address.ts';
import { deleteProvider, getProvider, patchProvider } from './change-provider.ts';
import { listOperations } from './list-providers.ts';
import { privateEndpoints } from './private-endpoints.ts';
import { putProvider } from './put-provider.ts';
import { recoverPolicySigners } from './recover-signers.ts';
import { sendList } from './resource.ts';

/** Every operation of the resource provider. */
export function resourceProvider(context: ServiceContext): Operation[] {
  const operations = [
    getOperations,
    getProvider(context),
    putProvider(context),
    patchProvider(context),
    deleteProvider(context),
    recoverPolicySigners(context),
    ...listOperations(context),
    ...privateEndpoints(context),
  ];
  return operations.map((operation) => ({
    ...operation,
    provider: (request) => {
      const name = nameIn(request);
      return name === undefined ? undefined : context.recordedName(name);
    },
  }));
}

const described = (verb: string, operation: string): object => ({
  name: `Microsoft.Attestation/attestationProviders/attestation/${verb}`,
  display: { provider: 'Atesto', resource: 'Attestation provider', operation, description: `${operation}.` },
});

const getOperations: Operation = {
  method: 'GET',
  path: '/providers/Microsoft.Attestation/operations',
  handle: (request, reply) => {
    requireManagementVersion(request.query);
    return sendList(reply, [
      described('read', 'Read an attestation provider'),
      described('write', 'Create or update an attestation provider'),
      described('delete', 'Delete an attestation provider'),
    ]);
  },
};

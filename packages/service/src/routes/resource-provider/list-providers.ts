/** Lists the providers of a subscription or a group, and the default provider. */

import { unwrap } from '@atesto/core';
import type { ProviderVersion } from '@atesto/store';
import type { FastifyRequest } from 'fastify';
import { requireManagementVersion } from '../../http/api-version.ts';
import type { Operation } from '../../http/operation.ts';
import { refuseRequest } from '../../http/refusal.ts';
import { defaultProviderName } from '../../providers/default-provider.ts';
import type { ServiceContext } from '../../service-context.ts';
import { isSameLocation, parameter, scopeOf } from './address.ts';
import { resourceOf, sendList, sendResource } from './resource.ts';

const ofSubscription = '/subscriptions/:subscription/providers/Microsoft.Attestation';
const ofGroup = '/subscriptions/:subscription/resourceGroups/:group/providers/Microsoft.Attestation';

/** Every operation that lists. */
export function listOperations(context: ServiceContext): Operation[] {
  return [
    listOf(context, `${ofSubscription}/attestationProviders`, async (request) =>
      unwrap(await context.store.providers.list(scopeOf(request))),
    ),
    listOf(context, `${ofGroup}/attestationProviders`, async (request) =>
      unwrap(await context.store.providers.list(scopeOf(request))),
    ),
    listOf(context, `${ofSubscription}/defaultProviders`, async () => [await defaultProvider(context)]),
    defaultAt(context),
  ];
}

function listOf(
  context: ServiceContext,
  path: string,
  find: (request: FastifyRequest) => Promise<readonly ProviderVersion[]>,
): Operation {
  return {
    method: 'GET',
    path,
    audit: 'list-providers',
    handle: async (request, reply) => {
      const version = requireManagementVersion(request.query);
      await context.authorizeManagement(request);
      const records = await find(request);
      return sendList(
        reply,
        records.map((record) => resourceOf(record, context.uriOf(record.name), version)),
      );
    },
  };
}

function defaultAt(context: ServiceContext): Operation {
  return {
    method: 'GET',
    path: `${ofSubscription}/locations/:location/defaultProvider`,
    audit: 'read-provider',
    handle: async (request, reply) => {
      const version = requireManagementVersion(request.query);
      await context.authorizeManagement(request);
      const record = await defaultProvider(context);
      const location = parameter(request.params, 'location') ?? '';
      if (!isSameLocation(location, record.location)) {
        refuseRequest('provider-unknown', 'location', 'there is no default provider at this location');
      }
      return sendResource(reply, record, context.uriOf(record.name), version);
    },
  };
}

/** Its location is the setting, also when its record was made under another one. */
async function defaultProvider({ store, config }: ServiceContext): Promise<ProviderVersion> {
  const record = unwrap(await store.providers.byName(defaultProviderName));
  if (record === undefined) return refuseRequest('provider-unknown', 'name', 'there is no default provider');
  return { ...record, location: config().providers.location };
}

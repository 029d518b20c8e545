/**
 * `GET /subscriptions`, `/subscriptions/{id}` and `/tenants`: `az login` reads them. Subscriptions are names that callers choose; those listed
 * are the ones of providers, and one that is always there.
 */
import { unwrap } from '@atesto/core';
import { requireVersionAmong } from '../../http/api-version.ts';
import type { Operation } from '../../http/operation.ts';
import { jsonType } from '../../http/reply.ts';
import type { ServiceContext } from '../../service-context.ts';
import { scopeOf } from '../resource-provider/address.ts';
import { sendList } from '../resource-provider/resource.ts';
import { authorityOf } from './authority.ts';

/** The versions of Azure's subscription API; what is answered here is the same in all. */
const versions = [
  '2014-04-01',
  '2014-04-01-preview',
  '2015-01-01',
  '2015-11-01',
  '2016-06-01',
  '2018-06-01',
  '2019-06-01',
  '2019-11-01',
  '2020-01-01',
  '2021-01-01',
  '2021-10-01',
  '2022-12-01',
] as const;

/** For those who have not chosen one. */
const firstSubscription = '00000000-0000-0000-0000-000000000000';

/** The operations; for service administrators. */
export function subscriptionOperations(context: ServiceContext): Operation[] {
  const { config, store, authorizeManagement } = context;
  const tenant = (): string => authorityOf(config().identity.issuers).tenant;
  return [
    {
      method: 'GET',
      path: '/subscriptions',
      audit: 'list-subscriptions',
      handle: async (request, reply) => {
        requireVersionAmong(request.query, versions);
        await authorizeManagement(request);
        const chosen = unwrap(await store.providers.list()).map(({ subscription }) => subscription);
        const names = new Map(
          [firstSubscription, ...chosen].filter((one) => one !== '').map((one) => [one.toLowerCase(), one]),
        );
        return sendList(
          reply,
          [...names.values()].sort().map((one) => subscriptionOf(one, tenant())),
        );
      },
    },
    {
      method: 'GET',
      path: '/subscriptions/:subscription',
      audit: 'list-subscriptions',
      handle: async (request, reply) => {
        requireVersionAmong(request.query, versions);
        await authorizeManagement(request);
        const body = subscriptionOf(scopeOf(request).subscription, tenant());
        return reply.header('content-type', jsonType).send(JSON.stringify(body));
      },
    },
    {
      method: 'GET',
      path: '/tenants',
      audit: 'list-subscriptions',
      handle: async (request, reply) => {
        requireVersionAmong(request.query, versions);
        await authorizeManagement(request);
        const id = tenant();
        return sendList(reply, [{ id: `/tenants/${id}`, tenantId: id, displayName: id, tenantCategory: 'Home' }]);
      },
    },
  ];
}

function subscriptionOf(subscriptionId: string, tenantId: string): object {
  return {
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    tenantId,
    displayName: subscriptionId,
    state: 'Enabled',
    authorizationSource: 'RoleBased',
    managedByTenants: [],
  };
}

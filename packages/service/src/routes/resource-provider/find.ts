/** Finds the provider that a request of the resource-provider API names; its subscription and group must match as well. */

import { unwrap } from '@atesto/core';
import type { ProviderRecord, ProviderVersion } from '@atesto/store';
import type { FastifyRequest } from 'fastify';
import { refuseRequest } from '../../http/refusal.ts';
import type { ServiceContext } from '../../service-context.ts';
import { nameOf, type Scope, scopeOf } from './address.ts';

/** The provider; undefined: there is none in this scope. */
export async function findProvider(
  { store }: Pick<ServiceContext, 'store'>,
  request: FastifyRequest,
): Promise<ProviderVersion | undefined> {
  const name = nameOf(request);
  const record = unwrap(await store.providers.byName(name));
  if (record === undefined || !isAt(record, scopeOf(request))) return undefined;
  return record;
}

/** The provider. Refuses with `provider-unknown`. */
export async function requireProvider(
  context: Pick<ServiceContext, 'store'>,
  request: FastifyRequest,
): Promise<ProviderVersion> {
  const found = await findProvider(context, request);
  return found ?? refuseRequest('provider-unknown', 'name', 'there is no provider of this name in the group');
}

/** Whether a provider is in a group of a subscription; they compare without regard to case. */
export function isAt(record: ProviderRecord, { subscription, resourceGroup }: Scope): boolean {
  return isSame(record.subscription, subscription) && isSame(record.resourceGroup, resourceGroup);
}

function isSame(stored: string, given: string | undefined): boolean {
  return given !== undefined && stored.toLowerCase() === given.toLowerCase();
}

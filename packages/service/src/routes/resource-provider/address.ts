/** Reads subscription, group and provider from a request of the resource-provider API; subscription and group may be any. */
import type { FastifyRequest } from 'fastify';
import { refuseRequest } from '../../http/refusal.ts';
import { providerNameForm } from '../../providers/address.ts';

/** Below which path a provider is. */
export const resourcePath =
  '/subscriptions/:subscription/resourceGroups/:group/providers/Microsoft.Attestation/attestationProviders/:name';

/** The subscription and resource group of providers. */
export interface Scope {
  readonly subscription: string;
  /** Absent: the path names the subscription alone. */
  readonly resourceGroup: string | undefined;
}

/** The scope that the path names. Refuses with `member-invalid`. */
export function scopeOf({ params }: Pick<FastifyRequest, 'params'>): Scope {
  const subscription = parameter(params, 'subscription') ?? '';
  const resourceGroup = parameter(params, 'group');
  if (!/^[A-Za-z0-9-]{1,64}$/.test(subscription))
    refuseRequest('member-invalid', 'subscription', 'it is no subscription');
  if (resourceGroup !== undefined && !/^[\w.()-]{1,90}$/.test(resourceGroup)) {
    refuseRequest('member-invalid', 'resource group', 'it is no name of a resource group');
  }
  return { subscription, resourceGroup };
}

/** Whether two names are those of one location: `Central US` and `centralus` are. */
export function isSameLocation(one: string, other: string): boolean {
  const folded = (location: string): string => location.replaceAll(' ', '').toLowerCase();
  return folded(one) === folded(other);
}

/** The name of a provider. Refuses with `provider-name-invalid`. */
export function nameOf(request: Pick<FastifyRequest, 'params'>): string {
  const why = 'it must have 3 to 24 letters, digits and hyphens';
  return nameIn(request) ?? refuseRequest('provider-name-invalid', 'name', why);
}

/** The same; undefined: the path names none, or what cannot be one. */
export function nameIn({ params }: Pick<FastifyRequest, 'params'>): string | undefined {
  const name = parameter(params, 'name');
  return name !== undefined && providerNameForm.test(name) ? name : undefined;
}

/** One parameter of the path. */
export function parameter(params: unknown, name: string): string | undefined {
  const value: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** The provider at the bare base URI is made when the store has none. */
import { Refused, unwrap } from '@atesto/core';
import type { Store } from '@atesto/store';

/** The provider that answers at the bare base URI; it is always there. */
export const defaultProviderName = 'default';

/** Makes it unless it is there. Throws `Refused` with the store's code. */
export async function ensureDefaultProvider(store: Store, location: string, at: Date): Promise<void> {
  if (unwrap(await store.providers.byName(defaultProviderName)) !== undefined) return;
  const draft = {
    name: defaultProviderName,
    subscription: '',
    resourceGroup: '',
    location,
    tags: {},
    trustModel: 'AAD',
    status: 'Ready',
    settings: {},
  } as const;
  const made = await store.providers.create(draft, {
    actor: 'the service',
    atMs: at.getTime(),
    requestId: '',
    address: '',
  });
  // Another instance that starts at the same moment may have made it.
  if (!made.ok && made.refusal.code !== 'name-taken') throw new Refused(made.refusal);
}

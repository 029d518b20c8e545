/** A process that opens the signing keys of a provider: arguments are the options of the store, the provider's id and the time. */
import { openStore } from '@atesto/store';
import { openStoredKeys } from './stored-keys.ts';

const [, , options = '', providerId = '', atMs = ''] = process.argv;
const store = await openStore({ ...JSON.parse(options), integrityKey: new Uint8Array(32).fill(7) });
const keys = await openStoredKeys(store, providerId, new Date(Number(atMs)));
keys.close();
await store.close();

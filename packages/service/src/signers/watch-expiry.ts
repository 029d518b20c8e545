/** Watches when the certificates of all providers' policy signers end: nobody can change an Isolated provider after that. */

import type { Store } from '@atesto/store';
import { type Expiring, reportExpiry } from '../health/expiry.ts';
import type { HealthReporter } from '../health/health.ts';
import { knownChain } from './certificates.ts';
import { signerExpiry } from './recover.ts';

/** What the watch needs. */
export interface SignerWatch {
  readonly store: Pick<Store, 'providers' | 'signers'>;
  readonly reporter: HealthReporter;
  readonly clock: () => Date;
}

const everyMs = 3_600_000;
const notAccepted = { ending: 'is not accepted any more', remedy: 'add another signer' };

/** Starts with a first look, then looks every hour; returns what ends it, which waits for a look that has begun. */
export function watchSigners(watch: SignerWatch): () => Promise<void> {
  let looking = lookAtSigners(watch);
  const timer = setInterval(() => {
    looking = looking.then(() => lookAtSigners(watch));
  }, everyMs).unref();
  return async () => {
    clearInterval(timer);
    await looking;
  };
}

/** Reports which certificates end soon. A store that cannot be read changes nothing: it has a state of its own. */
export async function lookAtSigners({ store, reporter, clock }: SignerWatch): Promise<void> {
  const providers = await store.providers.list();
  if (!providers.ok) return;
  const things: Expiring[] = [];
  for (const { id, name, trustModel } of providers.value) {
    if (trustModel !== 'Isolated') continue;
    const signers = await store.signers.current(id);
    if (!signers.ok) return;
    for (const signer of signers.value?.certificates ?? []) {
      things.push({
        what: `the certificate of policy signer ${signer.thumbprint} at provider ${name}`,
        expires: signerExpiry(signer),
        ...(knownChain(signer) === undefined
          ? notAccepted
          : { remedy: 'renew it with the same key, or add another signer' }),
      });
    }
  }
  reportExpiry(reporter, things, clock());
}

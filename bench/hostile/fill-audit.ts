/** Puts entries into the audit record of a store before the service starts. */

import { openAudit, type Store } from '@atesto/store';

const together = 2000;

/** Puts in `count` entries of attest calls that were allowed, a second apart, the last one at `until`. */
export async function fillAudit(store: Store, count: number, until: Date): Promise<void> {
  const audit = openAudit(store.audit);
  for (let from = 0; from < count; from += together) {
    const batch = Array.from({ length: Math.min(together, count - from) }, (_, index) => ({
      atMs: until.getTime() - (count - from - index) * 1000,
      operation: 'attest',
      provider: 'default',
      attestationType: 'SgxEnclave',
      caller: 'https://issuer.example#client',
      address: '192.0.2.7',
      requestId: `request-${from + index}`,
      verdict: 'allowed' as const,
      tokenId: `token-${from + index}`,
    }));
    await Promise.all(batch.map((entry) => audit.record(entry)));
  }
  await audit.close();
}

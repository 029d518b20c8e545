/** Gives an Isolated provider policy signers again whose certificates have all expired: a service administrator's way back in. */

import { unwrap } from '@atesto/core';
import { absentEtag, type ChangeOrigin, type ProviderVersion, type SignerCertificate, type Store } from '@atesto/store';
import { refuse } from '../refuse.ts';
import { knownChain } from './certificates.ts';

/** What a recovery needs. */
export interface SignersRecovery {
  readonly store: Store;
  readonly provider: Pick<ProviderVersion, 'id' | 'trustModel'>;
  /** The chains that are to count besides the ones that are known; checked already. */
  readonly signers: readonly SignerCertificate[];
  readonly origin: ChangeOrigin;
  readonly at: Date;
}

/**
 * Adds signers without the signature of one; answers the whole set. The expired ones stay, so that policies which they signed while
 * they were in force go on counting. Refuses with `trust-model-wrong` and `policy-signer-in-force`, because a signer who can still sign
 * is the one whom the trust model Isolated asks, and with `version-conflict` when the set changed meanwhile.
 */
export async function recoverSigners({
  store,
  provider,
  signers,
  origin,
  at,
}: SignersRecovery): Promise<readonly SignerCertificate[]> {
  if (provider.trustModel !== 'Isolated') {
    refuse('trust-model-wrong', 'provider', 'only providers of the trust model Isolated have policy signers');
  }
  const current = unwrap(await store.signers.current(provider.id));
  const known = current?.certificates ?? [];
  if (known.some((signer) => signerExpiry(signer) >= at)) {
    refuse('policy-signer-in-force', 'provider', 'let a signer whose certificate is in force add the new one');
  }
  const added = signers.filter(({ x5c: [leaf] }) => !known.some(({ x5c: [other] }) => other === leaf));
  const change = { action: 'recover' as const, certificates: [...known, ...added] };
  const condition = { expectedEtag: current?.etag ?? absentEtag };
  const record = unwrap(await store.signers.replace(provider.id, change, origin, condition));
  unwrap(await store.confirmed(record.revision));
  return record.certificates;
}

/** When a signer can no longer sign: the first end of validity in its chain; the beginning of 1970 when its chain is not accepted any more. */
export function signerExpiry(signer: SignerCertificate): Date {
  const certificates = knownChain(signer)?.certificates;
  if (certificates === undefined) return new Date(0);
  return new Date(Math.min(...certificates.map(({ validToDate }) => validToDate.getTime())));
}

/** Policy signers of a provider as administrators see and change them. */

import { unwrap } from '@atesto/core';
import {
  absentEtag,
  type ChangeOrigin,
  type Condition,
  type SignerCertificate,
  type SignersVersion,
  type Store,
} from '@atesto/store';
import type { Provider } from '../providers/provider.ts';
import { refuse } from '../refuse.ts';
import { thumbprintOf } from './certificates.ts';
import { withoutSigner, withSigner } from './change.ts';
import { requestedCertificate } from './request.ts';

/** Whose signers are read or changed. */
export interface SignersTarget {
  readonly store: Store;
  readonly provider: Pick<Provider, 'id' | 'trustModel' | 'uri'>;
}

/** A change that a signer asks for. */
export interface SignersRequest {
  readonly action: 'add' | 'remove';
  /** The signed request. */
  readonly jws: string;
  readonly origin: ChangeOrigin;
  readonly condition: Condition;
  readonly at: Date;
}

/** What came of it. */
export interface ChangedSigners {
  /** Of the certificate that was named. */
  readonly thumbprint: string;
  readonly etag: string;
}

/** The signers in force; undefined: the provider has none. */
export async function currentSigners({ store, provider }: SignersTarget): Promise<SignersVersion | undefined> {
  return unwrap(await store.signers.current(provider.id));
}

/**
 * Makes a change; nothing changes when the certificate is there, or gone, already. Refuses with `trust-model-wrong`, the codes of
 * `requestedCertificate`, `policy-signer-invalid`, `policy-signer-last`, and `version-conflict` when the set changed meanwhile.
 */
export async function changeSigners(place: SignersTarget, request: SignersRequest): Promise<ChangedSigners> {
  const { store, provider } = place;
  if (provider.trustModel !== 'Isolated') {
    refuse('trust-model-wrong', 'provider', 'only providers of the trust model Isolated have policy signers');
  }
  const { action, jws, origin, condition, at } = request;
  const present = await currentSigners(place);
  const chain = requestedCertificate(jws.trim(), present, { uri: provider.uri, at });
  const thumbprint = thumbprintOf(chain.leaf);
  const signers: readonly SignerCertificate[] = present?.certificates ?? [];
  const certificates = action === 'add' ? withSigner(signers, chain, at) : withoutSigner(signers, chain);
  const etag = present?.etag ?? absentEtag;
  if (certificates === undefined) return { thumbprint, etag };
  const change = { action, certificates, authorizationJws: jws.trim() };
  const expected = { expectedEtag: condition.expectedEtag ?? etag };
  const record = unwrap(await store.signers.replace(provider.id, change, origin, expected));
  unwrap(await store.confirmed(record.revision));
  return { thumbprint, etag: record.etag };
}

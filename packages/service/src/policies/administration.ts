/** Policies of a provider as administrators see and change them: everything is checked before anything changes. */
import { unwrap } from '@atesto/core';
import { policyTokenHash } from '@atesto/policy';
import { absentEtag, type ChangeOrigin, type Condition, type PolicyVersion, type Store } from '@atesto/store';
import type { JsonObject } from '@atesto/token';
import { policyOfText } from '../providers/policy-of-text.ts';
import type { Provider } from '../providers/provider.ts';
import { refuse } from '../refuse.ts';
import { checkBinding } from '../signers/binding.ts';
import { payloadObject } from '../signers/jws.ts';
import { noPolicy, parsePolicy, unsecuredPolicy } from './document.ts';
import { checkReset } from './reset.ts';
import { checkTrusted, type PolicyTrust } from './trust.ts';

/** The policy of a provider that is read or changed. */
export interface PolicyTarget {
  readonly store: Store;
  readonly provider: Provider;
  /** As in paths: `SgxEnclave`. */
  readonly attestationType: string;
}

/** How a change is made. */
export interface PolicyChange {
  readonly origin: ChangeOrigin;
  readonly condition: Condition;
  readonly at: Date;
}

/** The policy that is in force. */
export interface CurrentPolicy {
  /** As JWS: as it was set, or the unsecured JWS of its text. */
  readonly compact: string;
  readonly etag: string;
}

/** A policy that was put in force, or the default one in its place. */
export interface ChangedPolicy {
  readonly record: PolicyVersion;
  /** Absent: the default policy. */
  readonly policy?: {
    /** `x-ms-policy-hash` of tokens. */
    readonly hash: string;
    /** `x-ms-policy-token-hash`. */
    readonly tokenHash: string;
    /** Who signed it, as JWK. */
    readonly signer?: JsonObject;
  };
}

const where = 'policy';

/** The policy in force: the stored one, or the default one; a JWS without a payload where there is neither. */
export async function currentPolicy({ store, provider, attestationType }: PolicyTarget): Promise<CurrentPolicy> {
  const record = unwrap(await store.policies.current(provider.id, attestationType));
  const etag = record?.etag ?? absentEtag;
  if (record !== undefined && record.content !== null) {
    return { compact: parsePolicy(record.content, where).compact, etag };
  }
  const inForce = provider.policyOf(attestationType);
  return { compact: inForce === undefined ? noPolicy : unsecuredPolicy(inForce.policy.text), etag };
}

/** The versions of the policy, newest first; `before` may be any number above 0. */
export async function policyVersions(
  { store, provider, attestationType }: PolicyTarget,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<PolicyVersion[]> {
  const newest = unwrap(await store.policies.current(provider.id, attestationType))?.version ?? 0;
  // The store takes versions that are missing below `before` for tampering.
  const page = { before: Math.min(before ?? newest + 1, newest + 1), limit };
  return newest === 0 ? [] : unwrap(await store.policies.history(provider.id, attestationType, page));
}

/** Puts a policy in force, in any of its forms. Refuses with the codes of {@link checkPolicy}, and when the condition fails. */
export async function setPolicy(place: PolicyTarget, content: string, change: PolicyChange): Promise<ChangedPolicy> {
  const { store, provider, attestationType } = place;
  const trust = await trustOf(place);
  const { compact, policy } = checkPolicy(place, content, trust, change.at);
  const stored = {
    content: compact,
    digest: policy.hash,
    signer: policy.signer === undefined ? null : JSON.stringify(policy.signer),
  };
  const condition = { ...change.condition, ...trust.unchanged };
  const record = unwrap(await store.policies.set(provider.id, attestationType, stored, change.origin, condition));
  return { record: await inForceEverywhere(store, record), policy };
}

/**
 * Puts the default policy in force. `jws` is the request, which a signer must have signed where the provider needs it. Refuses with
 * the codes of {@link checkReset}, and when the condition fails.
 */
export async function resetPolicy(place: PolicyTarget, jws: string, change: PolicyChange): Promise<ChangedPolicy> {
  const { store, provider, attestationType } = place;
  const trust = await trustOf(place);
  checkReset(jws, trust, { uri: provider.uri, at: change.at });
  const condition = { ...change.condition, ...trust.unchanged };
  const record = unwrap(await store.policies.reset(provider.id, attestationType, jws, change.origin, condition));
  return { record: await inForceEverywhere(store, record) };
}

/**
 * Puts an earlier version in force again, by the rules of today. Refuses as {@link setPolicy}, with `not-found`, and with
 * `signature-missing` when the version is a reset and the provider needs signatures.
 */
export async function rollBackPolicy(
  place: PolicyTarget,
  version: number,
  change: PolicyChange,
): Promise<ChangedPolicy> {
  const { store, provider, attestationType } = place;
  const [found] = await policyVersions(place, { before: version + 1, limit: 1 });
  const trust = await trustOf(place);
  const isReset = found?.version === version && found.content === null;
  if (isReset && trust.trustModel === 'Isolated') {
    refuse('signature-missing', 'version', 'it is a reset; send the signed request to reset the policy');
  }
  const content = found?.version === version ? found.content : null;
  const policy = content === null ? undefined : checkPolicy(place, content, trust, change.at).policy;
  const condition = { ...change.condition, ...trust.unchanged };
  const changed = await store.policies.rollback(provider.id, attestationType, version, change.origin, condition);
  const record = await inForceEverywhere(store, unwrap(changed));
  return { record, ...(policy === undefined ? {} : { policy }) };
}

/**
 * Checks that a policy counts at a provider, and that it is understood as a whole. Refuses with the codes of `parsePolicy`, `checkTrusted`,
 * `checkBinding` and `policyOfText`.
 */
export function checkPolicy(
  { provider, attestationType }: Omit<PolicyTarget, 'store'>,
  content: string,
  trust: PolicyTrust,
  at: Date,
): { readonly compact: string; readonly policy: NonNullable<ChangedPolicy['policy']> } {
  const { text, jws, compact } = parsePolicy(content, where);
  const signer = checkTrusted(jws, trust, at, where);
  if (jws !== undefined) checkBinding(payloadObject(jws, where), { uri: provider.uri, at }, where);
  const { hash } = policyOfText(text, attestationType);
  return {
    compact,
    policy: { hash, tokenHash: policyTokenHash(compact), ...(signer === undefined ? {} : { signer }) },
  };
}

/** By what a provider trusts policies now, and the condition under which that is still so when a change is made. */
export async function trustOf({
  store,
  provider: { id, trustModel },
}: Pick<PolicyTarget, 'store' | 'provider'>): Promise<PolicyTrust & { readonly unchanged: { signersEtag?: string } }> {
  const signers = unwrap(await store.signers.current(id));
  const unchanged = trustModel === 'Isolated' ? { signersEtag: signers?.etag ?? absentEtag } : {};
  return { trustModel, signers, unchanged };
}

async function inForceEverywhere(store: Store, record: PolicyVersion): Promise<PolicyVersion> {
  unwrap(await store.confirmed(record.revision));
  return record;
}

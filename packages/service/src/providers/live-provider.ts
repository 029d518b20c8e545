/** One provider as requests see it: its policies follow the store while it is open. */
import { type Refusal, Refused } from '@atesto/core';
import type { ProviderVersion, StorageCode, Store } from '@atesto/store';
import type { OpenKeys } from '../keys/open-keys.ts';
import { refuse } from '../refuse.ts';
import type { SharedDeps } from './open-provider.ts';
import type { PoliciesInForce } from './policies-in-force.ts';
import type { PolicyInForce, Provider } from './provider.ts';

/** What a live provider stands on. */
export interface LiveProviderDeps {
  readonly store: Store;
  readonly leaseMs: number;
  readonly record: ProviderVersion;
  readonly uri: string;
  readonly shared: SharedDeps;
  readonly openKeys: OpenKeys;
  readonly policies: PoliciesInForce;
  /** Told why a stored policy does not count. */
  readonly onRefused: (refusal: Refusal) => void;
}

/** An open provider. */
export class LiveProvider {
  /** What goes through the pipeline. */
  readonly provider: Provider;
  readonly #parts: LiveProviderDeps;
  #isDeleted = false;
  /** One after the other: an older look at the store must not go over a newer one. */
  #refreshing: Promise<void> = Promise.resolve();

  /** Its policies are those of the store after the first {@link LiveProvider.refresh}. */
  constructor(parts: LiveProviderDeps) {
    this.#parts = parts;
    const { id, name, trustModel, createdAtMs } = parts.record;
    this.provider = {
      ...parts.shared,
      id,
      name,
      trustModel,
      createdAtMs,
      uri: parts.uri,
      keys: parts.openKeys.keys,
      policyOf: (attestationType) => this.#policyOf(attestationType),
    };
  }

  /** Takes in policies and signers anew. Throws `Refused` with `store-unavailable`; tampered rows put nothing in force. */
  refresh(): Promise<void> {
    const refreshed = this.#refreshing.catch(() => {}).then(() => this.#read());
    this.#refreshing = refreshed;
    return refreshed;
  }

  /** Ends it: requests that are under way are refused with `provider-unknown`. */
  close(): void {
    this.#isDeleted = true;
    this.#parts.openKeys.stop();
  }

  async #read(): Promise<void> {
    const { store, record, policies, onRefused } = this.#parts;
    const [rows, signers] = await Promise.all([store.policies.list(record.id), store.signers.current(record.id)]);
    const failed = [rows, signers].find(({ ok }) => !ok);
    if (!rows.ok || !signers.ok) {
      if (failed !== undefined && !failed.ok) this.#refuseAll(failed.refusal);
      return;
    }
    const owner = { id: record.id, name: record.name, trustModel: record.trustModel, signers: signers.value };
    for (const refusal of policies.replace(owner, rows.value)) onRefused(refusal);
  }

  #refuseAll(refusal: Refusal<StorageCode>): void {
    if (refusal.code !== 'row-tampered') throw new Refused(refusal);
    this.#parts.policies.refuseAll(refusal);
    this.#parts.onRefused(refusal);
  }

  #policyOf(attestationType: string): PolicyInForce | undefined {
    const { store, leaseMs, record, policies } = this.#parts;
    if (this.#isDeleted) refuse('provider-unknown', 'provider', `${record.name} was deleted`);
    if (store.freshness().ageMs >= leaseMs) {
      refuse('policy-not-fresh', 'policy', 'the service cannot tell which policy is in force; try again');
    }
    const state = policies.of(attestationType);
    if (state === undefined || state.ok) return state?.inForce;
    const why = `the stored policy for ${attestationType} does not count; an administrator must set it again`;
    return refuse('policy-untrusted', 'policy', why);
  }
}

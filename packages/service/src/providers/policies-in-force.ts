/** Holds the policies in force of one provider: the stored ones, each verified before it is used, over the defaults. */
import type { Refusal } from '@atesto/core';
import type { PolicyVersion } from '@atesto/store';
import { type ProviderPolicy, readPolicy, summaryOf } from './policy.ts';
import type { PolicyInForce } from './provider.ts';
import type { PolicyOwner, VerifyStoredPolicy } from './stored-policy.ts';

/** A policy, or why the stored one does not count: nothing is attested under another in its place. */
export type PolicyState =
  | { readonly ok: true; readonly inForce: PolicyInForce }
  | { readonly ok: false; readonly refusal: Refusal };

interface Known {
  readonly revision: number;
  readonly signersRevision: number;
  readonly state: PolicyState;
}

/** The policies of one provider. */
export class PoliciesInForce {
  readonly #defaults: ReadonlyMap<string, PolicyInForce>;
  readonly #verify: VerifyStoredPolicy;
  #stored: ReadonlyMap<string, Known> = new Map();
  #refusal: Refusal | undefined;

  constructor(defaults: ReadonlyMap<string, ProviderPolicy>, verify: VerifyStoredPolicy) {
    this.#defaults = new Map([...defaults].map(([type, policy]) => [type, { policy }]));
    this.#verify = verify;
  }

  /** The policy of an attestation type; undefined: there is none. */
  of(attestationType: string): PolicyState | undefined {
    if (this.#refusal !== undefined) return { ok: false, refusal: this.#refusal };
    const stored = this.#stored.get(attestationType);
    if (stored !== undefined) return stored.state;
    const inForce = this.#defaults.get(attestationType);
    return inForce === undefined ? undefined : { ok: true, inForce };
  }

  /** Takes in what the store holds now; what did not change stays the same object. Answers the refusals that are new. */
  replace(owner: PolicyOwner, rows: readonly PolicyVersion[]): Refusal[] {
    const before = this.#stored;
    const signersRevision = owner.signers?.revision ?? 0;
    const after = new Map<string, Known>();
    const refusals: Refusal[] = [];
    for (const row of rows) {
      if (row.content === null) continue;
      const known = before.get(row.attestationType);
      if (known?.revision === row.revision && known.signersRevision === signersRevision) {
        after.set(row.attestationType, known);
        continue;
      }
      const state = this.#stateOf(owner, row);
      if (!state.ok) refusals.push(state.refusal);
      after.set(row.attestationType, { revision: row.revision, signersRevision, state });
    }
    this.#stored = after;
    this.#refusal = undefined;
    return refusals;
  }

  /** Puts nothing in force: what the store holds is not the service's own. */
  refuseAll(refusal: Refusal): void {
    this.#refusal = refusal;
  }

  #stateOf(owner: PolicyOwner, row: PolicyVersion): PolicyState {
    const verified = this.#verify(owner, row);
    if (!verified.ok) return verified;
    const { text, signer } = verified.value;
    const read = readPolicy(text, row.attestationType);
    if (!read.ok) {
      const { fault } = read;
      return { ok: false, refusal: { code: fault.code, where: 'policy', why: summaryOf(fault) } };
    }
    const { policy } = read;
    return { ok: true, inForce: { policy, version: row.version, ...(signer === undefined ? {} : { signer }) } };
  }
}

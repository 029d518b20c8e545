/** Stores the policies of a provider: the one in force for each attestation type, and the earlier ones. */
import { type Outcome, refuse } from '@atesto/core';
import { z } from 'zod';
import type { StorageCode } from '../codes.ts';
import { asOutcome } from '../database/database-errors.ts';
import type { DocumentTable } from '../database/schema.ts';
import { type Change, checkExpected, type StoreContext } from './change.ts';
import { type ChangeOrigin, type Condition, type DocumentName, factsOf, type VersionFacts } from './document.ts';
import {
  currentDocument,
  currentDocuments,
  documentHistory,
  documentVersion,
  type HistoryPage,
  requireFound,
} from './documents.ts';
import { requireProvider } from './provider.ts';
import { signersName } from './signers.ts';

const policyAction = z.enum(['set', 'reset', 'rollback']);

/** A policy as it is stored. */
export interface PolicyContent {
  /** The JWS or the text, verbatim. */
  readonly content: string;
  /** The digest that tokens and replies name, in the caller's encoding. */
  readonly digest: string;
  /** The signer as JWK JSON, or null for an unsigned policy. */
  readonly signer: string | null;
}

/** A version of a policy. After a reset, content, digest and signer are null: the default policy is in force. */
export interface PolicyVersion extends VersionFacts<z.infer<typeof policyAction>> {
  readonly providerId: string;
  readonly attestationType: string;
  readonly content: string | null;
  readonly digest: string | null;
  readonly signer: string | null;
  /** After a rollback: the version whose content is in force again. */
  readonly restoredVersion: number | null;
}

/** The conditions under which a policy is changed. */
export interface PolicyCondition extends Condition {
  /** Change only while this is the provider's set of signers, so that a removed signer's policy cannot slip in. */
  readonly signersEtag?: string | undefined;
}

/** The policies of a store. Every method can also refuse with `store-unavailable` and `row-tampered`. */
export class Policies {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** The version in force, or undefined when none was ever set: the default policy is in force. */
  current(providerId: string, attestationType: string): Promise<Outcome<PolicyVersion | undefined, StorageCode>> {
    return asOutcome(async () => {
      const row = await currentDocument(this.#context.source, policyName(providerId, attestationType));
      return row === undefined ? undefined : policyOf(row);
    });
  }

  /** The versions in force for all attestation types of a provider that ever had a policy. */
  list(providerId: string): Promise<Outcome<PolicyVersion[], StorageCode>> {
    return asOutcome(async () => (await currentDocuments(this.#context.source, 'policy', providerId)).map(policyOf));
  }

  /** Puts a policy in force. Refuses with `not-found`, `version-conflict`. */
  set(
    providerId: string,
    attestationType: string,
    policy: PolicyContent,
    origin: ChangeOrigin,
    condition: PolicyCondition = {},
  ): Promise<Outcome<PolicyVersion, StorageCode>> {
    return this.#context.change(async (change) => {
      await checkPreconditions(change, providerId, condition);
      const { content, digest, signer } = policy;
      const id = policyName(providerId, attestationType);
      return policyOf(await change.append(id, { action: 'set', content, digest, signer }, origin, condition));
    });
  }

  /**
   * Puts the default policy in force, as a version of its own. `authorizationJws` is the request that a signer signed,
   * verbatim, where one was due. Refuses with `not-found`, `version-conflict`.
   */
  reset(
    providerId: string,
    attestationType: string,
    authorizationJws: string | null,
    origin: ChangeOrigin,
    condition: PolicyCondition = {},
  ): Promise<Outcome<PolicyVersion, StorageCode>> {
    return this.#context.change(async (change) => {
      await checkPreconditions(change, providerId, condition);
      const id = policyName(providerId, attestationType);
      const document = { action: 'reset', content: null, authorizationJws };
      return policyOf(await change.append(id, document, origin, condition));
    });
  }

  /**
   * Puts the content of an earlier version in force, as a new version; an earlier reset restores the default policy.
   * Refuses with `not-found`, `version-conflict`.
   */
  rollback(
    providerId: string,
    attestationType: string,
    toVersion: number,
    origin: ChangeOrigin,
    condition: PolicyCondition = {},
  ): Promise<Outcome<PolicyVersion, StorageCode>> {
    return this.#context.change(async (change) => {
      await checkPreconditions(change, providerId, condition);
      const id = policyName(providerId, attestationType);
      const row = await documentVersion(change, id, toVersion);
      const { content, digest, signer } = requireFound(row, `policy/${attestationType} version ${toVersion}`);
      const document = { action: 'rollback', content, digest, signer, restoredVersion: toVersion };
      return policyOf(await change.append(id, document, origin, condition));
    });
  }

  /** The versions, newest first. */
  history(
    providerId: string,
    attestationType: string,
    page?: HistoryPage,
  ): Promise<Outcome<PolicyVersion[], StorageCode>> {
    return asOutcome(async () => {
      return (await documentHistory(this.#context.source, policyName(providerId, attestationType), page)).map(policyOf);
    });
  }
}

async function checkPreconditions(change: Change, providerId: string, condition: PolicyCondition): Promise<void> {
  await requireProvider(change, providerId);
  if (condition.signersEtag === undefined) return;
  const id = signersName(providerId);
  checkExpected(id, await currentDocument(change, id), condition.signersEtag);
}

function policyName(providerId: string, attestationType: string): DocumentName {
  return { providerId, kind: 'policy', name: attestationType };
}

function policyOf(row: DocumentTable): PolicyVersion {
  const action = policyAction.parse(row.action);
  if (action === 'set' && row.content === null) {
    refuse<StorageCode>('row-tampered', `policy/${row.name}/${row.version}`, 'a policy was set without content');
  }
  return {
    ...factsOf(row, action),
    providerId: row.provider_id,
    attestationType: row.name,
    content: row.content,
    digest: row.digest,
    signer: row.signer,
    restoredVersion: row.restored_version,
  };
}

/** Stores the certificates whose signatures make a provider's policies valid. The whole set is one versioned document. */
import type { Outcome } from '@atesto/core';
import { z } from 'zod';
import type { StorageCode } from '../codes.ts';
import { asOutcome } from '../database/database-errors.ts';
import type { DocumentTable } from '../database/schema.ts';
import type { Change, StoreContext } from './change.ts';
import { type ChangeOrigin, type Condition, type DocumentName, factsOf, type VersionFacts } from './document.ts';
import { currentDocument } from './documents.ts';
import { requireProvider } from './provider.ts';

const signersContent = z.array(z.strictObject({ thumbprint: z.string(), x5c: z.array(z.string()) }));
const signersAction = z.enum(['create', 'add', 'remove', 'recover']);

/** One policy signer. */
export interface SignerCertificate {
  /** SHA-1 of the leaf's DER, upper-case hex, as the wire names it. */
  readonly thumbprint: string;
  /** The certificate chain, leaf first, each standard base64 of DER. */
  readonly x5c: readonly string[];
}

/** A new set of signers. */
export interface SignersChange {
  readonly action: z.infer<typeof signersAction>;
  /** The whole set after the change. */
  readonly certificates: readonly SignerCertificate[];
  /** The request that an existing signer signed, verbatim; absent when the provider is created and when its signers are recovered. */
  readonly authorizationJws?: string | undefined;
}

/** A version of a provider's set of signers. */
export interface SignersVersion extends VersionFacts<z.infer<typeof signersAction>> {
  readonly certificates: readonly SignerCertificate[];
  readonly authorizationJws: string | null;
}

/** The policy signers of a store. Every method can also refuse with `store-unavailable` and `row-tampered`. */
export class Signers {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** The set in force, or undefined when the provider never had signers. */
  current(providerId: string): Promise<Outcome<SignersVersion | undefined, StorageCode>> {
    return asOutcome(async () => {
      const row = await currentDocument(this.#context.source, signersName(providerId));
      return row === undefined ? undefined : signersOf(row);
    });
  }

  /** Puts another set in force. Refuses with `not-found`, `version-conflict`. */
  replace(
    providerId: string,
    signers: SignersChange,
    origin: ChangeOrigin,
    condition: Condition = {},
  ): Promise<Outcome<SignersVersion, StorageCode>> {
    return this.#context.change(async (change) => {
      await requireProvider(change, providerId);
      return signersOf(await appendSigners(change, providerId, signers, origin, condition));
    });
  }
}

/** Adds a version of the set inside an open change. */
export function appendSigners(
  change: Change,
  providerId: string,
  { action, certificates, authorizationJws }: SignersChange,
  origin: ChangeOrigin,
  condition?: Condition,
): Promise<DocumentTable> {
  const content = JSON.stringify(certificates.map(({ thumbprint, x5c }) => ({ thumbprint, x5c })));
  const document = { action, content, authorizationJws: authorizationJws ?? null };
  return change.append(signersName(providerId), document, origin, condition);
}

/** How the set of a provider is named. */
export function signersName(providerId: string): DocumentName {
  return { providerId, kind: 'signers', name: '' };
}

function signersOf(row: DocumentTable): SignersVersion {
  return {
    ...factsOf(row, signersAction.parse(row.action)),
    certificates: signersContent.parse(JSON.parse(row.content ?? 'null')),
    authorizationJws: row.authorization_jws,
  };
}

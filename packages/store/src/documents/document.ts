/**
 * Names documents and tells their versions apart. A document is named by provider, kind and name. Each change of it is a version with its
 * origin. The newest version is in force.
 */
import type { DocumentTable } from '../database/schema.ts';

/** The kinds of documents. */
export type DocumentKind = 'provider' | 'policy' | 'signers' | 'key' | 'settings';

/** Who changed something, when, in which request, and from where. */
export interface ChangeOrigin {
  /** The caller's identity as the service logs it. */
  readonly actor: string;
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly atMs: number;
  readonly requestId: string;
  /** The caller's network address, as the service logs it. */
  readonly address: string;
}

/** What every version of a document says, whatever its kind. */
export interface VersionFacts<Action extends string = string> {
  /** 1, 2, 3 … without gaps. */
  readonly version: number;
  /** The version's place in the store's change feed. */
  readonly revision: number;
  /** A strong entity tag with its quotes: changes with each version and is never used again, not even by another document. */
  readonly etag: string;
  readonly action: Action;
  readonly origin: ChangeOrigin;
}

/** The condition under which a change is made. */
export interface Condition {
  /** Change only this version, {@link absentEtag} for none yet; absent: change whatever is in force. */
  readonly expectedEtag?: string | undefined;
}

/** The entity tag of a document of which no version exists. */
export const absentEtag = '"0"';

/** The entity tag of a version. */
export function etagOf(row: Pick<DocumentTable, 'revision'>): string {
  return `"${row.revision}"`;
}

/** What names a document. */
export interface DocumentName {
  /** The owning provider's id, or '' for the service. */
  readonly providerId: string;
  readonly kind: DocumentKind;
  readonly name: string;
}

/** What a new version of a document holds. */
export interface DocumentContent {
  readonly action: string;
  readonly content: string | null;
  readonly digest?: string | null;
  readonly signer?: string | null;
  readonly authorizationJws?: string | null;
  readonly restoredVersion?: number | null;
}

/** The facts of a row. */
export function factsOf<Action extends string>(row: DocumentTable, action: Action): VersionFacts<Action> {
  return {
    version: row.version,
    revision: row.revision,
    etag: etagOf(row),
    action,
    origin: { actor: row.actor, atMs: row.at_ms, requestId: row.request_id, address: row.address },
  };
}

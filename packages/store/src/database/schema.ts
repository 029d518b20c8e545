/**
 * The tables of the store, the same on SQLite and PostgreSQL: text, integers below 2^53, and bytes. Times are milliseconds since
 * 1970-01-01T00:00Z. JSON is text, because integrity codes cover its bytes.
 */

/** One row: how many changes the store has seen. Its lock makes changes one after the other. */
export interface StoreStateTable {
  id: number;
  revision: number;
  /** The link of the newest document version; see `DocumentTable.link`. */
  head: string;
  /** Random: created with the store, and replaced whenever an operator accepts a restored database. */
  incarnation: string;
  mac: string;
}

/** Everything that is versioned, one row a version; never updated, never deleted. Newest version = in force. */
export interface DocumentTable {
  /** The owning provider, or '' for the service. */
  provider_id: string;
  kind: string;
  /** What within the kind: attestation type, key identifier, name of a setting; '' where there is only one. */
  name: string;
  /** 1, 2, 3 … without gaps. */
  version: number;
  /** The position in the change feed: 1, 2, 3 … without gaps over the whole store. */
  revision: number;
  action: string;
  content: string | null;
  digest: string | null;
  signer: string | null;
  /** The signed JWS that authorized the change, verbatim. */
  authorization_jws: string | null;
  restored_version: number | null;
  actor: string;
  at_ms: number;
  request_id: string;
  address: string;
  mac: string;
  /** Chains the version to all before it: an integrity code over the link of the revision before and this row's `mac`. */
  link: string;
}

/** Finds providers; their document says what they are. */
export interface ProviderTable {
  id: string;
  /** Lower case; unique among the providers that are not deleted. */
  name_key: string;
  subscription_key: string;
  group_key: string;
  deleted_at_ms: number | null;
}

/** Sealed private keys, apart from the history so that they can be destroyed. */
export interface SealedKeyTable {
  provider_id: string;
  key_id: string;
  sealed: Uint8Array;
}

/** One row an audited act. The id sorts by time. */
export interface AuditRow {
  id: string;
  at_ms: number;
  operation: string;
  provider: string | null;
  attestation_type: string | null;
  caller: string | null;
  address: string | null;
  request_id: string;
  verdict: string;
  code: string | null;
  refused_at: string | null;
  evidence_digest: string | null;
  policy_digest: string | null;
  policy_version: number | null;
  token_id: string | null;
  detail: string | null;
  /** The link to the row before it in the chain of its writer, see `audit/rows/chain.ts`. */
  link: string;
}

/** What the service vouches for about audit chains; append-only, itself one chain over the whole store. */
export interface AuditHeadTable {
  /** 1, 2, 3 … without gaps. */
  sequence: number;
  writer: string;
  /** `opened`: the writer began. `reached`: rows up to `through` are stored. `removed`: rows up to `through` were removed. */
  kind: string;
  /** The number of a row in the chain of the writer; 0: none. */
  through: number;
  /** The link of that row; of `opened`: what the first row is linked to. */
  link: string;
  at_ms: number;
  /** JSON; of `removed`: why and what. */
  detail: string | null;
  mac: string;
}

/** The instances of the service on this store, and up to which revision each has applied the changes. */
export interface InstanceTable {
  id: string;
  revision: number;
  seen_at_ms: number;
  /** What the clock of the instance said then; null: an instance of an older release. */
  wall_ms: number | null;
}

/** One row: for how long instances have run on this store. Not signed: who can write here can delete what it protects. */
export interface StoreClockTable {
  id: number;
  /** The time during which at least one instance ran, in milliseconds; no wall clock can make it jump. */
  running_ms: number;
  /** When it was counted last, by the database's clock, or the instance's own on SQLite. */
  beat_at_ms: number;
}

/** What is to be deleted, and when: nothing is deleted at once because a wall clock says so. */
export interface DeletionMarkTable {
  kind: string;
  /** A key as `{provider id}/{key id}`; for audit entries the time before which they were written. */
  subject: string;
  /** When it may be deleted, as `StoreClockTable.running_ms` counts. */
  due_running_ms: number;
}

/** Which migrations have run. */
export interface SchemaVersionTable {
  version: number;
  applied_at_ms: number;
}

/** The whole schema. */
export interface Schema {
  schema_version: SchemaVersionTable;
  store_state: StoreStateTable;
  documents: DocumentTable;
  providers: ProviderTable;
  sealed_keys: SealedKeyTable;
  audit: AuditRow;
  audit_heads: AuditHeadTable;
  instances: InstanceTable;
  store_clock: StoreClockTable;
  deletion_marks: DeletionMarkTable;
}

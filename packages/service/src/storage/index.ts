export {
  type AuditPosition,
  type AuditRetention,
  type AuditSeal,
  lastSequence,
  positionOf,
  positionText,
  sameCode,
  type UnlinkedAuditRow,
  writerName,
} from './audit-chain.ts';
export type { AuditChains } from './audit-chains.ts';
export type { AuditLedger, WriterState } from './audit-ledger.ts';
export { type AuditFilter, type AuditScan, type AuditScanBounds, auditIdFloor } from './audit-query.ts';
export type { AuditRows } from './audit-rows.ts';
export type { StoreCheck } from './check.ts';
export type { AcceptedTime, ClockEvidence, StoreClock } from './clock.ts';
export { type StorageCode, storageCodes } from './codes.ts';
export type { DeletionKind, DeletionMark, Deletions, PendingDeletions } from './deletions.ts';
export {
  absentEtag,
  type ChangeOrigin,
  type Condition,
  type DocumentKind,
  type VersionFacts,
} from './document.ts';
export type { HistoryPage } from './documents.ts';
export type { Position } from './history.ts';
export type { KeyState, Keys, KeyVersion } from './keys.ts';
export type { MarkFile } from './mark.ts';
export type { Policies, PolicyCondition, PolicyContent, PolicyVersion } from './policies.ts';
export type { ProviderAction, ProviderRecord, ProviderVersion } from './provider.ts';
export type { ProviderDraft, ProviderFilter, Providers, ProviderUpdate } from './providers.ts';
export type { AuditTable as AuditRow } from './schema.ts';
export type { Settings, SettingValue, SettingVersion } from './settings.ts';
export type { SignerCertificate, Signers, SignersChange, SignersVersion } from './signers.ts';
export {
  openStore,
  type PostgresOptions,
  type SqliteOptions,
  type Store,
  type StoreChanges,
  type StoreHistory,
  type StoreOptions,
} from './store.ts';
export type { ChangeListener, Freshness, StoreChange } from './watcher.ts';

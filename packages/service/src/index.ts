export type { AcceptedTime, PendingDeletions, Position, StorageCode, StoreCheck } from '@atesto/store';
export { type ServiceCode, type ServiceCodeRow, serviceCodes } from './codes.ts';
export { type ConfigSources, loadConfig } from './config/load.ts';
export { type ConfigCode, type ConfigProblem, ConfigRefused, configCodes } from './config/problem.ts';
export type { ServiceConfig, ServiceSettings } from './config/schema.ts';
export { type ConfigRow, configTable } from './config/table.ts';
export type { LogSink } from './http/server.ts';
export { type RunningService, type ServiceOptions, startService } from './service.ts';
export {
  acceptRestoredStore,
  acceptTime,
  checkConfiguredStore,
  pendingDeletions,
  stopDeletions,
} from './state/operate-store.ts';
export { StoreUnusable } from './state/store-unusable.ts';

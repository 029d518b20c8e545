/** Opens what a service records, the store and the audit record, and starts their maintenance. */

import type { Audit, Store } from '@atesto/store';
import type { FastifyBaseLogger } from 'fastify';
import { BackgroundCheck, keepChainsChecked } from '../audit/chain-check.ts';
import { openConfiguredAudit } from '../audit/open-audit.ts';
import { keepRetention } from '../audit/retention.ts';
import { ClockWatch } from '../clock/watch.ts';
import { ConfigRefused } from '../config/problem.ts';
import type { ServiceConfig } from '../config/schema.ts';
import type { Health } from '../health/health.ts';
import type { StopList } from '../shutdown.ts';
import { watchSigners } from '../signers/watch-expiry.ts';
import { probeDirectory } from './file.ts';
import { openConfiguredStore } from './open-store.ts';
import { watchHistory, watchStore } from './store-health.ts';

/** What {@link openRecords} needs. */
export interface RecordsDeps {
  /** Default: the configured store. */
  readonly store: Store | undefined;
  /** Default: the audit record of the store. */
  readonly audit: Audit | undefined;
  /** Aborts the wait for a database; its reason is thrown. */
  readonly signal: AbortSignal | undefined;
  readonly clock: () => Date;
  readonly log: FastifyBaseLogger;
  readonly health: Health;
  readonly stops: StopList;
}

/** What a running service records, and the clock that it trusts for deletions. */
export interface Records {
  readonly store: Store;
  readonly audit: Audit;
  readonly clockWatch: ClockWatch;
}

/** Opens both; everything that is opened or started is added to `stops`. Throws as `openConfiguredStore` does. */
export async function openRecords(config: ServiceConfig, deps: RecordsDeps): Promise<Records> {
  const { clock, log, health, stops, signal } = deps;
  const nowMs = () => clock().getTime();
  const store = deps.store ?? (await openConfiguredStore(config, { log, nowMs, signal, isPatient: true }));
  stops.add(() => store.close());
  stops.add(watchStore(store, health.dependency('store', { isRequired: false })));
  stops.add(watchHistory(store, health.dependency('store-history', { isRequired: true })));
  const clockWatch = await ClockWatch.start({
    store,
    clock,
    toleranceMs: config.clock.toleranceSeconds * 1000,
    reporter: health.dependency('clock', { isRequired: true }),
  });
  stops.add(() => clockWatch.close());
  const audit = deps.audit ?? openConfiguredAudit(config, store, health, log);
  stops.add(() => audit.close());
  const chainHealth = health.dependency('audit-chain', { isRequired: false });
  stops.add(keepChainsChecked(new BackgroundCheck(audit, chainHealth, log)));
  const signerHealth = health.dependency('policy-signers', { isRequired: false });
  stops.add(watchSigners({ store, reporter: signerHealth, clock }));
  const retention = {
    audit,
    deletions: store.deletions,
    guard: clockWatch,
    days: config.audit,
    delayMs: config.clock.deletionDelayHours * 3_600_000,
    clock,
    log,
  };
  stops.add(keepRetention(retention));
  return { store, audit, clockWatch };
}

/** Throws `ConfigRefused` when the state directory cannot be written: a fault that must show at start, not in an outage. */
export function checkStateDirectory({ stateDirectory }: ServiceConfig): void {
  try {
    probeDirectory(stateDirectory);
  } catch (error) {
    const code: unknown = Reflect.get(Object(error), 'code');
    const why = `it cannot be written (${String(code)}); make it writable for the user of the service, or write another path`;
    throw new ConfigRefused([{ code: 'state-directory-unusable', where: 'stateDirectory', why }]);
  }
}

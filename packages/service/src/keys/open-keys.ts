/** Opens the signing keys that the settings describe and keeps them current until told to stop. */
import { readFileSync } from 'node:fs';
import { Refused } from '@atesto/core';
import { type Store, storageCodes } from '@atesto/store';
import type { RotationSchedule } from '@atesto/token';
import type { FastifyBaseLogger } from 'fastify';
import type { ClockGuard } from '../clock/watch.ts';
import { ConfigRefused } from '../config/problem.ts';
import type { ServiceConfig } from '../config/schema.ts';
import { Hsm } from './hsm/hsm.ts';
import type { SigningKeyHealth } from './key-health.ts';
import { HsmKeyStore, type KeyStore, SealedKeyStore } from './key-stores.ts';
import { sealingSecret } from './sealing.ts';
import type { ProviderKeys } from './signing-keys.ts';
import { StoredKeys } from './stored-keys.ts';

/** How often the schedule is looked at. */
const lookMs = 60_000;

/** Opened keys. */
export interface OpenKeys {
  readonly keys: ProviderKeys;
  /** Ends the rotation. */
  stop(): void;
}

/** Where the private parts of keys are kept. */
export interface KeyStores {
  readonly forNewKeys: KeyStore;
  readonly sealed: SealedKeyStore;
  close(): void;
}

/** Opens the key stores. Throws `ConfigRefused`. */
export function openKeyStores(config: ServiceConfig): KeyStores {
  const sealed = new SealedKeyStore(sealingSecret(config));
  const { hsm: settings } = config.signing;
  if (settings === undefined) return { forNewKeys: sealed, sealed, close: () => {} };
  const [pin = ''] = readFileSync(settings.pinFile, 'utf8').split(/\r?\n/, 1);
  const hsm = Hsm.open({ library: settings.library, tokenLabel: settings.tokenLabel, pin });
  return { forNewKeys: new HsmKeyStore(hsm), sealed, close: () => hsm.close() };
}

/** What keys are opened with. */
export interface KeyDeps {
  readonly config: ServiceConfig;
  readonly store: Store;
  readonly keyStores: KeyStores;
  readonly clock: () => Date;
  readonly guard: ClockGuard;
  readonly log: FastifyBaseLogger;
  readonly health: SigningKeyHealth;
}

/** Opens the keys of the provider at `issuer`. Throws `ConfigRefused` with `signing-keys-unusable`, or `Refused`. */
export async function openKeys(
  { health, log, ...parts }: KeyDeps,
  providerId: string,
  issuer: string,
): Promise<OpenKeys> {
  const { clock } = parts;
  const keys = await openStored(parts, providerId, issuer);
  const look = async (): Promise<void> => {
    try {
      if (await keys.rotateWhenDue(clock())) log.info({ provider: issuer }, 'signing key added');
      const destroyed = await keys.destroyRetired(clock());
      if (destroyed > 0) log.info({ provider: issuer, destroyed }, 'retired signing keys destroyed');
      health.report(issuer);
    } catch (error) {
      log.debug({ err: error, provider: issuer }, 'signing key rotation failed');
      health.report(issuer, error instanceof Error ? error.message : String(error));
    }
  };
  const timer = setInterval(() => void look(), lookMs).unref();
  const stop = (): void => {
    clearInterval(timer);
    keys.close();
    health.report(issuer);
  };
  return { keys, stop };
}

async function openStored(
  { config, store, keyStores, clock, guard }: Omit<KeyDeps, 'log' | 'health'>,
  providerId: string,
  issuer: string,
): Promise<StoredKeys> {
  const { algorithm } = config.signing;
  const parts = {
    store,
    providerId,
    issuer,
    algorithm,
    schedule: scheduleOf(config),
    keyStore: keyStores.forNewKeys,
    sealedKeyStore: keyStores.sealed,
    guard,
    deletionDelayMs: config.clock.deletionDelayHours * 3_600_000,
  };
  try {
    return await StoredKeys.open(parts, clock());
  } catch (error) {
    // Refusals of the store keep their codes; all other errors are about the keys.
    if (error instanceof Refused && Object.hasOwn(storageCodes, error.refusal.code)) throw error;
    const why = error instanceof Error ? error.message : 'unknown';
    throw new ConfigRefused([{ code: 'signing-keys-unusable', where: issuer, why }]);
  }
}

function scheduleOf({ signing }: ServiceConfig): RotationSchedule {
  return {
    signingSeconds: Math.round(signing.rotationDays * 86_400),
    leadSeconds: signing.publishAheadSeconds,
    tokenLifetimeSeconds: signing.tokenLifetimeSeconds,
    clientCacheSeconds: signing.clientCacheSeconds,
  };
}

/** Opens the signing keys that the settings describe and keeps them current until told to stop. */
import { join } from 'node:path';
import type { RotationSchedule } from '@atesto/token';
import type { FastifyBaseLogger } from 'fastify';
import type { ServiceConfig } from '../config/schema.ts';
import { RingFile } from './ring-file.ts';
import { RotatingKeys } from './rotating-keys.ts';
import { sealingSecret } from './sealing.ts';
import type { SigningKeys } from './signing-keys.ts';

/** How often the schedule is looked at. */
const lookMs = 60_000;

/** Opened keys. */
export interface OpenKeys {
  readonly keys: SigningKeys;
  /** Ends the rotation. */
  stop(): void;
}

/** Opens the keys of the provider `issuer`. Throws `ConfigRefused` when they cannot be opened. */
export async function openKeys(
  config: ServiceConfig,
  issuer: string,
  clock: () => Date,
  log: FastifyBaseLogger,
): Promise<OpenKeys> {
  const file = new RingFile(join(config.stateDirectory, 'keys'), issuer, sealingSecret(config));
  const { algorithm } = config.signing;
  const keys = await RotatingKeys.open({ issuer, algorithm, schedule: scheduleOf(config), file }, clock());
  const look = async (): Promise<void> => {
    try {
      if (await keys.rotateWhenDue(clock())) log.info({ provider: issuer }, 'signing key added');
    } catch (error) {
      log.error({ err: error, provider: issuer }, 'signing key rotation failed');
    }
  };
  const timer = setInterval(() => void look(), lookMs).unref();
  return { keys, stop: () => clearInterval(timer) };
}

function scheduleOf({ signing }: ServiceConfig): RotationSchedule {
  return {
    signingSeconds: Math.round(signing.rotationDays * 86_400),
    leadSeconds: signing.publishAheadSeconds,
    tokenLifetimeSeconds: signing.tokenLifetimeSeconds,
    clientCacheSeconds: signing.clientCacheSeconds,
  };
}

/** A cache before a simulated service, with a clock to set, for the tests of caches. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { IntelCollateral } from '@atesto/evidence/advanced';
import type { PcsFault, PcsServer } from '@atesto/testing/servers';
import { type CacheEvent, createCachedSource, type IntelCacheOptions, type IntelEndorsementSource } from '../index.ts';
import { at, collateral, platform, servePcs, trustAnchors } from './platform.ts';
import type { FakeTiming } from './timing.ts';

export const day = 24 * 3600;
export const later = (days: number, seconds = 0): Date => new Date(at.getTime() + (days * day + seconds) * 1000);
export const nextUpdate = later(29);
/** What the vendor publishes three weeks later. */
export const renewed = await platform.collateral({ at: later(21) });
const { pckCertificateChain: _, ...withoutPck } = collateral;
/** Collateral as the service gives it for a family of platforms. */
export const parts: IntelCollateral = withoutPck;

export interface Scene {
  readonly cache: ReturnType<typeof createCachedSource>;
  readonly source: IntelEndorsementSource;
  readonly server: PcsServer;
  readonly timing: FakeTiming;
  readonly events: CacheEvent[];
  /** What the server has from now on. */
  publish(next: IntelCollateral): void;
  /** A cache over the same source that knows nothing but the directory. */
  restart(options?: IntelCacheOptions): ReturnType<typeof createCachedSource>;
}

export async function scene(t: TestContext, options: IntelCacheOptions = {}, faults: PcsFault[] = []): Promise<Scene> {
  let published: IntelCollateral = collateral;
  const { server, source, timing } = await servePcs(t, { collateral: () => published, faults }, { retries: 0 });
  const events: CacheEvent[] = [];
  const restart = (more: IntelCacheOptions = {}) => {
    const report = (event: CacheEvent): void => void events.push(event);
    const usual = { trustAnchors, clock: timing.clock, report, refreshAfterSeconds: 365 * day };
    const cache = createCachedSource(source, { ...usual, ...options, ...more });
    t.after(() => cache.close());
    return cache;
  };
  return { cache: restart(), source, server, timing, events, publish: (next) => (published = next), restart };
}

export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'atesto-cache-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Lists of revocations have files of their own. */
export const isEntry = (name: string): boolean => !name.startsWith('revocation-lists-');
export const down: PcsFault[] = [{ kind: 'status', status: 503 }];
export const kinds = (events: readonly CacheEvent[]): string[] => events.map(({ kind }) => kind);

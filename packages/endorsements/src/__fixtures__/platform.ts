/** A simulated platform of a test file, and sources that trust its root. */

import type { TestContext } from 'node:test';
import type { IntelCollateral } from '@atesto/evidence/advanced';
import { type PcsServer, type PcsServerOptions, startPcsServer } from '@atesto/testing/servers';
import { createSimulatedPlatform } from '@atesto/testing/sgx';
import { createPcsSource, type EndorsementResult, type PcsSource, type PcsSourceOptions } from '../index.ts';
import { createFakeTiming, deadlineMilliseconds, type FakeTiming } from './timing.ts';

export const at = new Date('2026-06-01T12:00:00Z');
export const platform = await createSimulatedPlatform({ at, fmspc: '00a5a5000000' });
export const collateral: IntelCollateral = await platform.collateral();
export const trustAnchors = [{ name: 'simulator', spkiSha256: platform.rootFingerprint, development: true }];
export const needed = { tee: 'sgx', fmspc: '00a5a5000000', pceId: '0000', ca: 'platform' } as const;

/** A server and a source of it; both end with the test. */
export async function servePcs(
  t: TestContext,
  server: Partial<PcsServerOptions> = {},
  source: Partial<PcsSourceOptions> = {},
): Promise<{ server: PcsServer; source: PcsSource; timing: FakeTiming }> {
  const timing = createFakeTiming(at);
  const started = await startPcsServer({ collateral, ...server });
  const made = createPcsSource({
    baseUrl: started.url,
    trustAnchors,
    timing,
    timeoutSeconds: deadlineMilliseconds / 1000,
    retries: 2,
    ...source,
  });
  t.after(async () => {
    await made.close();
    await started.close();
  });
  return { server: started, source: made, timing };
}

/** The code of a refusal, or `ok`. */
export function codeOf(result: EndorsementResult<unknown> | { ok: boolean; refusal?: { code: string } }): string {
  return 'refusal' in result && result.refusal !== undefined ? result.refusal.code : 'ok';
}

/** Byte fields as hex, to compare whole results. */
export function plain(value: object): Record<string, unknown> {
  const entries = Object.entries(value).map(([name, item]) => [
    name,
    item instanceof Uint8Array ? Buffer.from(item).toString('hex') : item,
  ]);
  return Object.fromEntries(entries);
}

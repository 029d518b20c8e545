/** A simulated platform of a test file, and services that trust it. */
import assert from 'node:assert/strict';
import type { IntelCollateral } from '@atesto/evidence/advanced';
import { createSimulatedPlatform, type SgxQuoteOptions } from '@atesto/testing/sgx';
import type { ServiceSettings } from '../config/schema.ts';
import type { ServiceOptions } from '../service.ts';
import { type Answer, serve, type TestService } from './service.ts';

export const platform = await createSimulatedPlatform({ at: new Date() });
export const collateral: IntelCollateral = await platform.collateral();

/** A service that trusts the platform and takes its endorsements from memory. */
export function serveEnclaves(settings: ServiceSettings = {}, options: ServiceOptions = {}): Promise<TestService> {
  const { provider, ...rest } = settings;
  return serve(
    { ...rest, provider: { trustAnchors: [platform.rootFingerprint], ...provider } },
    { intelEndorsements: { get: async () => ({ ok: true, value: { collateral } }) }, ...options },
  );
}

export function base64url(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('base64url');
}

/** A faultless quote, as a member of a request. */
export function quoteOf(options: SgxQuoteOptions = {}): string {
  return base64url(platform.quote(options));
}

/** The claims of a delivered token. */
export function claimsOf(answer: Answer): Record<string, unknown> {
  assert.equal(answer.status, 200, answer.text);
  const { token } = JSON.parse(answer.text);
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
}

/** Status, wire code and fine-grained code of a refusal. */
export function refusalOf(answer: Answer): [number, string, string] {
  const { error } = JSON.parse(answer.text);
  return [answer.status, error.code, error.innererror.code];
}

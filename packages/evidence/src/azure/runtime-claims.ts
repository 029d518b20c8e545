/** The runtime claims of an Azure confidential VM: the vTPM's keys and the machine's configuration. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { refuse } from '../bytes/refusal.ts';
import type { HclReport } from './hcl-report.ts';

/** JSON of the runtime claims. */
export type RuntimeClaims = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Decodes the claims' JSON. */
export function parseRuntimeClaims(report: HclReport): RuntimeClaims {
  let claims: unknown;
  try {
    claims = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(report.runtimeClaimsBytes));
  } catch {
    return refuse('hcl-runtime-claims', 'runtime claims', 'the runtime claims are not JSON in UTF-8');
  }
  if (!isObject(claims))
    return refuse('hcl-runtime-claims', 'runtime claims', 'the runtime claims are not a JSON object');
  return claims;
}

/** The vTPM's attestation key, which signs quotes: the RSA key with `kid` HCLAkPub. */
export function attestationKeyOf(claims: RuntimeClaims): KeyObject {
  const keys = Array.isArray(claims['keys']) ? claims['keys'].filter(isObject) : [];
  const [key, another] = keys.filter(({ kid }) => kid === 'HCLAkPub');
  if (key === undefined || another !== undefined) {
    return refuse('hcl-attestation-key', 'runtime claims', 'there must be exactly one key HCLAkPub');
  }
  const { kty, n, e } = key;
  if (kty !== 'RSA' || typeof n !== 'string' || typeof e !== 'string') {
    return refuse('hcl-attestation-key', 'runtime claims', 'HCLAkPub is not an RSA key');
  }
  try {
    return createPublicKey({ key: { kty, n, e }, format: 'jwk' });
  } catch {
    return refuse('hcl-attestation-key', 'runtime claims', 'HCLAkPub is not a usable RSA key');
  }
}

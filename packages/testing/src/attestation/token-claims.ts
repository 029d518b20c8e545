/** The claims of a test token: those of every token, of its environment, and of the data that the environment bound. */
import { createHash, randomBytes } from 'node:crypto';
import {
  type AttestedData,
  attestedBytes,
  type Claims,
  ConfigurationError,
  isJsonObject,
  readJson,
} from '@atesto/core';
import type { TestTokenContents } from './contents.ts';
import { environmentClaims } from './environment-claims.ts';

/** Hash of `version= 1.0;authorizationrules{=> permit();};`, which Azure Attestation publishes for its default policies. */
const defaultPolicyHash = '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco';

/** The claims of a token that `issuer` issues. @param now when `contents` does not say when it was issued */
export function tokenClaims(issuer: string, contents: TestTokenContents, now: Date): Claims {
  const { nonce, policyHash = defaultPolicyHash, lifetimeSeconds = 28_800, developmentRoot = false } = contents;
  const iat = Math.floor((contents.issuedAt ?? now).getTime() / 1000);
  const runtime = runtimeDataOf(contents);
  const claims = {
    iss: issuer,
    iat,
    nbf: iat,
    exp: iat + lifetimeSeconds,
    jti: randomBytes(32).toString('hex'),
    'x-ms-ver': '1.0',
    'x-ms-policy-hash': policyHash,
    ...(nonce === undefined ? {} : { nonce }),
    ...(developmentRoot ? { 'x-atesto-development-root': true } : {}),
    ...(runtime === undefined ? {} : runtimeClaim(runtime)),
    ...environmentClaims(contents, reportDataFor(runtime)),
  };
  const all: Claims = contents.sgx === undefined ? claims : { ...claims, ...olderNames(claims) };
  const changed = Object.entries({ ...all, ...contents.claims });
  return Object.fromEntries(changed.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function runtimeDataOf({ runtimeData, runtimeKey }: TestTokenContents): AttestedData | undefined {
  return runtimeKey === undefined ? runtimeData : { json: JSON.stringify({ keys: [runtimeKey] }) };
}

function reportDataFor(runtime: AttestedData | undefined): string {
  const hash = runtime === undefined ? '' : createHash('sha256').update(attestedBytes(runtime)).digest('hex');
  return hash.padEnd(128, '0');
}

function runtimeClaim(runtime: AttestedData): Claims {
  const bytes = attestedBytes(runtime);
  if ('bytes' in runtime) return { 'x-ms-sgx-ehd': Buffer.from(bytes).toString('base64url') };
  const read = readJson(bytes);
  if (read.ok && isJsonObject(read.value)) return { 'x-ms-runtime': read.value };
  throw new ConfigurationError('contents.runtimeData', 'bytes, or the text of a JSON object');
}

/** Old names that a service repeats in tokens of enclaves. */
const older: readonly (readonly [older: string, name: string])[] = [
  ['ver', 'x-ms-ver'],
  ['policy_hash', 'x-ms-policy-hash'],
  ['maa-policyHash', 'x-ms-policy-hash'],
  ['rp_data', 'nonce'],
  ['aas-ehd', 'x-ms-sgx-ehd'],
  ['maa-ehd', 'x-ms-sgx-ehd'],
  ['maa-attestationcollateral', 'x-ms-sgx-collateral'],
];

function olderNames(claims: Claims): Claims {
  return Object.fromEntries(
    older.flatMap(([alias, name]) => {
      const value = claims[name];
      return value === undefined ? [] : [[alias, value]];
    }),
  );
}

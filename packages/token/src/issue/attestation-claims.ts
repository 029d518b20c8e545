/**
 * Assembles the claims of an attestation token from the service, the appraisal and the policy, so that no source can contradict another.
 * Claim names: Azure Attestation, "Claim sets".
 */
import { type JsonObject, type JsonValue, sameJson, settle } from '@atesto/core';
import { refuse, type TokenOutcome } from '../refusal.ts';
import { isReserved } from './reserved.ts';
import { frameClaims, type TokenFrame } from './times.ts';

/** Lifetime of attestation tokens as Azure Attestation issues them: 8 hours. */
export const attestationLifetimeSeconds = 28800;

/** Data that the attester bound to its evidence, as tokens carry it: JSON parsed, with exact integers. */
export type ClaimedData = { readonly json: JsonObject } | { readonly bytes: Uint8Array };

/** The contents of an attestation token. */
export interface AttestationFacts extends TokenFrame {
  /** 32 random bytes; `jti` is their hex. */
  readonly jti: Uint8Array;
  /** `sgx`, `tdxvm`, `sevsnpvm`, `tpm`, `vbs`, `azurevm` … */
  readonly attestationType: string;
  /** BASE64URL(SHA256(UTF8(BASE64URL(UTF8(policy text))))). */
  readonly policyHash: string;
  /** `{"jwk": …}` of the key that signed the policy. Absent: the policy is not signed. */
  readonly policySigner?: JsonObject;
  /** The caller's value, unchanged; a large number as bigint. Absent: none was sent. */
  readonly nonce?: string | number | bigint;
  readonly runtimeData?: ClaimedData;
  readonly initTimeData?: ClaimedData;
  /** Claims of the appraisal, by name. */
  readonly appraisalClaims: Iterable<readonly [string, JsonValue]>;
  /** Claims that the policy issued, by name. */
  readonly policyClaims: Iterable<readonly [string, JsonValue]>;
  /** Whether a development root, such as a simulator's, vouches for the evidence: the token then carries {@link developmentRootClaim}. */
  readonly developmentRoot: boolean;
  /** Whether to repeat claims under their old names (`ver`, `policy_hash`, `maa-ehd` …). Default: for `sgx`. */
  readonly deprecatedAliases?: boolean;
}

/** The claim, always `true` when present, of tokens issued under a development root. */
export const developmentRootClaim = 'x-atesto-development-root';

/**
 * Joins all claims, sorted by name. A claim of the policy may repeat one of the service's. Refuses a reserved name, another value for
 * the same name, and names that differ only in case.
 */
export function attestationClaims(facts: AttestationFacts): TokenOutcome<JsonObject> {
  return settle(() => {
    const claims = new ClaimSet();
    for (const [name, value] of serviceClaims(facts)) claims.add(name, value, 'the service');
    for (const [name, value] of facts.appraisalClaims) claims.add(name, value, 'the appraisal');
    if (facts.deprecatedAliases ?? facts.attestationType === 'sgx') {
      for (const [name, value] of claims.aliases()) claims.add(name, value, 'the service');
    }
    for (const [name, value] of facts.policyClaims) {
      if (isReserved(name)) refuse('claim-reserved', name, `a policy must not issue the claim ${name}`);
      claims.add(name, value, 'the policy');
    }
    return claims.sorted();
  });
}

function serviceClaims(facts: AttestationFacts): [string, JsonValue][] {
  if (facts.jti.length !== 32)
    refuse('jti-invalid', 'jti', `the token id must have 32 bytes; it has ${facts.jti.length}`);
  const claims: [string, JsonValue][] = [
    ...Object.entries(frameClaims(facts, attestationLifetimeSeconds)),
    ['jti', Buffer.from(facts.jti).toString('hex')],
    ['x-ms-ver', '1.0'],
    ['x-ms-attestation-type', facts.attestationType],
    ['x-ms-policy-hash', facts.policyHash],
  ];
  if (facts.policySigner !== undefined) claims.push(['x-ms-policy-signer', facts.policySigner]);
  if (facts.nonce !== undefined) claims.push(['nonce', facts.nonce]);
  if (facts.runtimeData !== undefined) {
    const name = 'json' in facts.runtimeData ? 'x-ms-runtime' : 'x-ms-sgx-ehd';
    claims.push([name, dataClaim(facts.runtimeData)]);
  }
  if (facts.initTimeData !== undefined) claims.push(['x-ms-inittime', dataClaim(facts.initTimeData)]);
  if (facts.developmentRoot) claims.push([developmentRootClaim, true]);
  return claims;
}

/** JSON data is embedded parsed, binary data as base64url without padding. */
function dataClaim(data: ClaimedData): JsonValue {
  return 'json' in data ? data.json : Buffer.from(data.bytes).toString('base64url');
}

/** Old name -> the name that replaces it. `tee` and the enclave's own aliases are absent: the default policy issues them. */
const deprecated: readonly (readonly [alias: string, name: string])[] = [
  ['ver', 'x-ms-ver'],
  ['policy_hash', 'x-ms-policy-hash'],
  ['maa-policyHash', 'x-ms-policy-hash'],
  ['policy_signer', 'x-ms-policy-signer'],
  ['rp_data', 'nonce'],
  ['aas-ehd', 'x-ms-sgx-ehd'],
  ['maa-ehd', 'x-ms-sgx-ehd'],
  ['maa-attestationcollateral', 'x-ms-sgx-collateral'],
];

class ClaimSet {
  /** By name in lower case, so that no two names differ only in case: some readers ignore case. */
  readonly #claims = new Map<string, { readonly name: string; readonly value: JsonValue }>();

  add(name: string, value: JsonValue, source: string): void {
    const known = this.#claims.get(name.toLowerCase());
    if (known !== undefined && (known.name !== name || !sameJson(known.value, value))) {
      refuse('claim-collision', name, `${source} sets the claim ${known.name} to a second, different value`);
    }
    this.#claims.set(name.toLowerCase(), { name, value });
  }

  aliases(): [string, JsonValue][] {
    return deprecated.flatMap(([alias, name]) => {
      const claim = this.#claims.get(name);
      return claim === undefined ? [] : [[alias, claim.value]];
    });
  }

  sorted(): JsonObject {
    const byName = [...this.#claims.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
    return Object.fromEntries(byName.map(({ name, value }) => [name, value]));
  }
}

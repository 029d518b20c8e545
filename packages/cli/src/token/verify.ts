/** Verifies a token and renders the verdict. */

import { writeExactJson } from '@atesto/core';
import {
  createVerifier,
  type Expectations,
  type JsonWebKeySet,
  type Outcome,
  type VerifiedToken,
} from '@atesto/relying-party';
import { createTrustingFetch } from '@atesto/relying-party/node';
import { misused } from '../failure.ts';
import { printable, type Row, rows, type Style } from '../style.ts';

/** How a token is verified. */
export interface VerificationOptions {
  readonly issuers: readonly string[];
  readonly expectations: Expectations;
  /** PEM. */
  readonly ca: string | undefined;
  /** JWKS, JSON. */
  readonly keys: string | undefined;
  readonly at: Date | undefined;
  readonly clockSkewSeconds: number | undefined;
}

/** Verifies a token as a relying party does. */
export function verifyToken(
  token: string,
  { issuers, expectations, ca, keys, at, clockSkewSeconds }: VerificationOptions,
) {
  return createVerifier({
    issuers,
    expectations,
    ...(ca === undefined ? {} : { fetch: createTrustingFetch(ca) }),
    ...(keys === undefined ? {} : { keySets: keySetsFor(issuers, keys) }),
    ...(at === undefined ? {} : { clock: () => at }),
    ...(clockSkewSeconds === undefined ? {} : { clockSkewSeconds }),
  }).verify(token);
}

function keySetsFor(issuers: readonly string[], keys: string): Record<string, JsonWebKeySet> {
  const [issuer, ...others] = issuers;
  if (issuer === undefined || others.length > 0) return misused('--keys are the keys of one issuer; give one --issuer');
  try {
    return { [issuer]: JSON.parse(keys) };
  } catch {
    return misused('--keys needs a file with a JSON Web Key Set');
  }
}

/** The verdict for people, or as JSON. */
export function renderVerdict(
  outcome: Outcome<VerifiedToken>,
  unchecked: readonly string[],
  asJson: boolean,
  style: Style,
): string {
  if (asJson) return `${jsonVerdict(outcome)}\n`;
  if (!outcome.ok) {
    const { code, where, why } = outcome.refusal;
    return `${style.bad('refused')}: ${where}: ${why} ${style.faint(`[${code}]`)}\n`;
  }
  const { attestationType, issuer, algorithm, keyId, issuedAt, expiresAt, policyHash } = outcome.value;
  return `${style.good('valid')}: ${attestationType}, issued by ${issuer}\n${rows(
    [
      ['signature', `${algorithm}, key ${keyId}`],
      ['holds', `from ${issuedAt.toISOString()} until ${expiresAt.toISOString()}`],
      ['policy hash', policyHash],
      ['any value accepted', unchecked.join(', ')],
      ...warningsOf(outcome.value).map((warning): Row => ['warning', style.warning(warning)]),
    ],
    style,
  )}`;
}

function jsonVerdict(outcome: Outcome<VerifiedToken>): string {
  if (!outcome.ok) {
    const { code, where, why } = outcome.refusal;
    return writeExactJson({ verdict: 'refused', code, reason: `${where}: ${why}`, warnings: [], claims: null });
  }
  const { claims } = outcome.value;
  return writeExactJson({ verdict: 'valid', code: null, reason: null, warnings: warningsOf(outcome.value), claims });
}

/** What a valid token says against itself. */
function warningsOf({ claims }: VerifiedToken): string[] {
  const expired = claims['x-atesto-expired-collateral'];
  const parts = Array.isArray(expired) ? expired.join(', ') : String(expired);
  return [
    ...(expired === undefined
      ? []
      : [`issued under endorsements past their next update: ${printable(parts)} (x-atesto-expired-collateral)`]),
    ...('x-atesto-development-root' in claims
      ? ['the evidence may be simulated: a development root vouches for it (x-atesto-development-root)']
      : []),
  ];
}

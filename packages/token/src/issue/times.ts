/** Assembles the claims that every token carries: `exp`, `iat`, `iss` and `nbf`. */
import { checkIssuer } from '../issuer.ts';
import { refuse } from '../refusal.ts';

const yearSeconds = 366 * 24 * 3600;

/** The issuer and the times of a token. */
export interface TokenFrame {
  /** Provider URI without trailing slash. */
  readonly issuer: string;
  /** The current time; `iat` and `nbf` are its whole seconds, so they are never in the future. */
  readonly issuedAt: Date;
  /** Seconds from `iat` to `exp`: 1 to one year. */
  readonly lifetimeSeconds?: number;
}

/** `exp`, `iat`, `iss`, `nbf`. Java's client needs all of them in every token, unsecured ones too. */
export function frameClaims(
  frame: TokenFrame,
  defaultLifetimeSeconds: number,
): { readonly exp: number; readonly iat: number; readonly iss: string; readonly nbf: number } {
  const { issuer, issuedAt, lifetimeSeconds = defaultLifetimeSeconds } = frame;
  checkIssuer(issuer);
  if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 1 || lifetimeSeconds > yearSeconds) {
    refuse(
      'lifetime-invalid',
      'lifetimeSeconds',
      'the lifetime must be a whole number of seconds, from 1 second to 1 year',
    );
  }
  const iat = Math.floor(issuedAt.getTime() / 1000);
  if (!Number.isSafeInteger(iat)) refuse('lifetime-invalid', 'issuedAt', 'the time of issue is not a valid date');
  return { exp: iat + lifetimeSeconds, iat, iss: issuer, nbf: iat };
}

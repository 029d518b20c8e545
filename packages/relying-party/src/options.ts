/** How a verifier is set up, and what it does when an option is left out. */
import { checkDecisions } from './expectations/decisions.ts';
import type { Expectations } from './expectations/expectations.ts';
import { type AcceptedAlgorithm, acceptedAlgorithms } from './keys/algorithms.ts';
import type { Fetch } from './keys/fetch-keys.ts';
import type { JsonWebKeySet } from './keys/key-set.ts';
import { refuse } from './refusal.ts';

/** What a verifier needs to know. */
export interface VerifierOptions {
  /** Provider URIs whose tokens are accepted, without trailing slash. Compared as text. At least one. */
  readonly issuers: readonly string[];
  readonly expectations: Expectations;
  /** Key sets by issuer, for verifying without a network. For an issuer that stands here nothing is ever fetched. Default: none. */
  readonly keySets?: Readonly<Record<string, JsonWebKeySet>>;
  /** Default: all of `RS256`, `PS256`, `ES256`, `ES384`. */
  readonly algorithms?: readonly AcceptedAlgorithm[];
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /** Default: the system's clock. */
  readonly clock?: () => Date;
  /** How far the issuer's clock may be off, 0 to 600 seconds. Default 60. */
  readonly clockSkewSeconds?: number;
  /** How long a fetched key set is used before it is fetched again; may be infinite. Default 86400. */
  readonly cacheSeconds?: number;
  /** How long after a fetch an unknown key id, or a failure, does not cause another, at least 1. Default 30. */
  readonly cooldownSeconds?: number;
  /** How long a fetch may take, 1 to 300 seconds. Default 10. */
  readonly timeoutSeconds?: number;
}

/** Fills in the defaults; refuses options that would not do what their owner means. */
export function readOptions(options: VerifierOptions): Required<VerifierOptions> {
  const filled: Required<VerifierOptions> = {
    issuers: options.issuers,
    expectations: options.expectations,
    keySets: options.keySets ?? {},
    algorithms: options.algorithms ?? acceptedAlgorithms,
    // Called as a method of the global object: browsers refuse anything else.
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    clock: options.clock ?? (() => new Date()),
    clockSkewSeconds: options.clockSkewSeconds ?? 60,
    cacheSeconds: options.cacheSeconds ?? 86_400,
    cooldownSeconds: options.cooldownSeconds ?? 30,
    timeoutSeconds: options.timeoutSeconds ?? 10,
  };
  if (filled.issuers.length === 0) refuse('issuer-invalid', 'issuers', 'at least one issuer must be pinned');
  for (const issuer of [...filled.issuers, ...Object.keys(filled.keySets)]) checkIssuer(issuer);
  checkAlgorithms(filled.algorithms);
  checkRange('clockSkewSeconds', filled.clockSkewSeconds, 0, 600);
  checkRange('cacheSeconds', filled.cacheSeconds, 0, Number.POSITIVE_INFINITY);
  checkRange('cooldownSeconds', filled.cooldownSeconds, 1, 86_400);
  checkRange('timeoutSeconds', filled.timeoutSeconds, 1, 300);
  checkDecisions(filled.expectations);
  return filled;
}

const loopback = ['localhost', '127.0.0.1', '[::1]'];

function checkIssuer(issuer: string): void {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.includes(url.hostname));
  if (url === undefined || !secure || issuer.endsWith('/') || /[?#@\s]/.test(issuer)) {
    refuse('issuer-invalid', 'issuers', `${issuer.slice(0, 200)} is not an https URI without trailing slash`);
  }
}

function checkAlgorithms(algorithms: readonly AcceptedAlgorithm[]): void {
  if (algorithms.length === 0 || !algorithms.every((algorithm) => acceptedAlgorithms.includes(algorithm))) {
    refuse('option-invalid', 'algorithms', `the algorithms must be some of ${acceptedAlgorithms.join(', ')}`);
  }
}

function checkRange(name: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) {
    refuse('option-invalid', name, `${name} must be from ${least} to ${most}`);
  }
}

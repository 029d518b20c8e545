/** The options of a verifier, with their defaults. */
import { checkDecisions } from './expectations/decisions.ts';
import type { Expectations } from './expectations/expectations.ts';
import { type AcceptedAlgorithm, acceptedAlgorithms } from './keys/algorithms.ts';
import type { Fetch } from './keys/fetch-keys.ts';
import type { JsonWebKeySet } from './keys/key-set.ts';
import { refuse } from './refusal.ts';

/** The options of a verifier. */
export interface VerifierOptions {
  /** Provider URIs whose tokens are accepted, without trailing slash. Compared as text. At least one. */
  readonly issuers: readonly string[];
  readonly expectations: Expectations;
  /** Key sets by issuer, for verifying offline. The keys of these issuers are never fetched. Default: none. */
  readonly keySets?: Readonly<Record<string, JsonWebKeySet>>;
  /** Default: all of `RS256`, `PS256`, `ES256`, `ES384`. */
  readonly algorithms?: readonly AcceptedAlgorithm[];
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /** Default: the system clock. */
  readonly clock?: () => Date;
  /** Tolerated difference to the issuer's clock, 0 to 600 seconds. Default 60. */
  readonly clockSkewSeconds?: number;
  /** For how many seconds a fetched key set is used; may be infinite. Default 86400. */
  readonly cacheSeconds?: number;
  /** For how many seconds after a fetch an unknown key id or a failure causes no other fetch, at least 1. Default 30. */
  readonly cooldownSeconds?: number;
  /** Timeout of a fetch, 1 to 300 seconds. Default 10. */
  readonly timeoutSeconds?: number;
}

/** Fills in the defaults. Refuses invalid options. */
export function readOptions(options: VerifierOptions): Required<VerifierOptions> {
  const filled: Required<VerifierOptions> = {
    issuers: options.issuers,
    expectations: options.expectations,
    keySets: options.keySets ?? {},
    algorithms: options.algorithms ?? acceptedAlgorithms,
    // Browsers require that `fetch` is called as a method of the global object.
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

/** The options of a verifier, with their defaults. */
import { checkOptions, type OptionNames } from '@atesto/core';
import { checkDecisions } from './expectations/decisions.ts';
import type { Expectations } from './expectations/expectations.ts';
import { type AcceptedAlgorithm, acceptedAlgorithms } from './keys/algorithms.ts';
import type { Fetch } from './keys/fetch-keys.ts';
import type { JsonWebKeySet } from './keys/key-set.ts';
import { misuse } from './refusal.ts';

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

const optionNames: OptionNames<VerifierOptions> = {
  issuers: true,
  expectations: true,
  keySets: true,
  algorithms: true,
  fetch: true,
  clock: true,
  clockSkewSeconds: true,
  cacheSeconds: true,
  cooldownSeconds: true,
  timeoutSeconds: true,
};

/** Fills in the defaults. Throws `ConfigurationError`. */
export function readOptions(options: VerifierOptions): Required<VerifierOptions> {
  checkOptions<VerifierOptions>(options, optionNames, 'options');
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
  if (!Array.isArray(filled.issuers) || filled.issuers.length === 0) {
    misuse('options.issuers', 'at least one issuer', 'issuer-invalid');
  }
  for (const issuer of [...filled.issuers, ...Object.keys(filled.keySets)]) checkIssuer(issuer);
  checkAlgorithms(filled.algorithms);
  if (typeof filled.fetch !== 'function') misuse('options.fetch', 'a function like the global fetch');
  if (typeof filled.clock !== 'function') misuse('options.clock', 'a function that returns a Date');
  checkRange('clockSkewSeconds', filled.clockSkewSeconds, 0, 600);
  checkRange('cacheSeconds', filled.cacheSeconds, 0, Number.POSITIVE_INFINITY);
  checkRange('cooldownSeconds', filled.cooldownSeconds, 1, 86_400);
  checkRange('timeoutSeconds', filled.timeoutSeconds, 1, 300);
  checkDecisions(filled.expectations);
  return filled;
}

const loopback = ['localhost', '127.0.0.1', '[::1]'];

function checkIssuer(issuer: unknown): void {
  const url = typeof issuer === 'string' && URL.canParse(issuer) ? new URL(issuer) : undefined;
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.includes(url.hostname));
  if (!secure || typeof issuer !== 'string' || issuer.endsWith('/') || /[?#@\s]/.test(issuer)) {
    misuse('options.issuers', 'https URIs without trailing slash, query and fragment', 'issuer-invalid');
  }
}

function checkAlgorithms(algorithms: readonly AcceptedAlgorithm[]): void {
  if (
    !Array.isArray(algorithms) ||
    algorithms.length === 0 ||
    !algorithms.every((algorithm) => acceptedAlgorithms.includes(algorithm))
  ) {
    misuse('options.algorithms', `some of ${acceptedAlgorithms.join(', ')}`);
  }
}

function checkRange(name: string, value: number, least: number, most: number): void {
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    misuse(`options.${name}`, `a number from ${least} to ${most}`);
  }
}

/**
 * The keys of one OpenID issuer, found by discovery (OpenID Connect Discovery 1.0, section 4) and cached.
 *
 * jose's `createRemoteJWKSet` does not serve here, even with `customFetch`: it takes a fixed address, while an issuer may move its keys
 * between two discoveries; it does not cache failures, so tokens of strangers could cause requests without end; and it refuses as soon as
 * an expired set cannot be fetched again, while this cache uses the last set for an hour. The relying party's cache of keys must run in
 * browsers and stops to accept keys when the set expires.
 */
import { forbidsSignatures, isJsonObject, jwkFacts, keyFault } from '@atesto/core';
import type { HttpClient } from '@atesto/http-client';
import { createLocalJWKSet, errors, type JWK, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { createJsonClient, fetchJson } from './fetch-json.ts';

/** How an issuer is reached and what its tokens must be for. */
export interface OpenIdIssuerSettings {
  /** Exactly as in its metadata and in the `iss` of its tokens. */
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** PEM certificates that are trusted for it besides the public CAs. */
  readonly ca?: string | undefined;
  readonly timeoutMs: number;
  /** Aborts requests to it, as when the service stops. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each attempt to fetch the keys, with the reason of the failure; undefined: it succeeded. */
  readonly onAsked?: ((failure: string | undefined) => void) | undefined;
}

/** Thrown when the keys of the issuer cannot be fetched, so that its tokens cannot be verified. */
export class IssuerUnreachable extends Error {}

/** After this time the keys are fetched again; when that fails, they serve for as long as {@link staleMs}. */
const freshMs = 10 * 60_000;
const staleMs = 60 * 60_000;
/** A token with an unknown key causes another fetch, at most this often. */
const cooldownMs = 30_000;
/** After a failed fetch there is none for this time: tokens of strangers must not cause requests without end. */
const failureCooldownMs = 5_000;

const metadataSchema = z.looseObject({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https$/ }) });
const keySetSchema = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** The keys of a set that are accepted, for jose. */
export function acceptedKeySet(keys: readonly JWK[]): KeySet {
  return createLocalJWKSet({ keys: keys.filter(isAccepted) });
}

/** Keys that are too weak, or not for verifying by their own members, are ignored: tokens signed with them find no key. */
function isAccepted(key: unknown): boolean {
  return (
    isJsonObject(key) && !forbidsSignatures(key, undefined) && keyFault('access-token', jwkFacts(key)) === undefined
  );
}

type KeySet = ReturnType<typeof createLocalJWKSet>;

/** One issuer. */
export class OpenIdIssuer {
  readonly settings: OpenIdIssuerSettings;
  readonly #now: () => number;
  readonly #client: HttpClient;
  #keys: { readonly set: KeySet; readonly fetchedAt: number } | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<KeySet> | undefined;
  #failure: { readonly error: IssuerUnreachable; readonly at: number } | undefined;

  /** `now` gives milliseconds of a clock that never goes back; default: the process's. */
  constructor(settings: OpenIdIssuerSettings, now: () => number = () => performance.now()) {
    this.settings = settings;
    this.#now = now;
    this.#client = createJsonClient(settings);
  }

  /** For jose: the key that a token names. Throws {@link IssuerUnreachable}, or jose's `JWKSNoMatchingKey`. */
  readonly keyFor: JWTVerifyGetKey = async (header, token) => {
    const set = await this.#current();
    try {
      return await set(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || this.#now() - this.#askedAt < cooldownMs) throw error;
      return (await this.#ask())(header, token);
    }
  };

  async #current(): Promise<KeySet> {
    const keys = this.#keys;
    if (keys === undefined) return this.#ask();
    const age = this.#now() - keys.fetchedAt;
    if (age < freshMs || (age < staleMs && this.#now() - this.#askedAt < cooldownMs)) return keys.set;
    return this.#ask().catch((error: unknown) => {
      if (age < staleMs) return keys.set;
      throw error;
    });
  }

  /** Fetches the keys unless the last fetch succeeded; `onAsked` is told the result. */
  async probe(): Promise<void> {
    if (this.#keys === undefined || this.#failure !== undefined) await this.#ask().catch(() => {});
  }

  #ask(): Promise<KeySet> {
    const failure = this.#failure;
    if (failure !== undefined && this.#now() - failure.at < failureCooldownMs) return Promise.reject(failure.error);
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #fetch(): Promise<KeySet> {
    this.#askedAt = this.#now();
    const { issuer, signal, onAsked } = this.settings;
    const fetch = (url: string): Promise<unknown> => fetchJson(this.#client, url, signal);
    try {
      const uri = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
      const metadata = metadataSchema.parse(await fetch(uri));
      if (metadata.issuer !== issuer) throw new Error('its metadata name another issuer');
      const { keys } = keySetSchema.parse(await fetch(metadata.jwks_uri));
      const set = acceptedKeySet(keys);
      this.#keys = { set, fetchedAt: this.#now() };
      this.#failure = undefined;
      onAsked?.(undefined);
      return set;
    } catch (error) {
      const why = error instanceof z.ZodError ? 'its metadata or keys are malformed' : messageOf(error);
      const unreachable = new IssuerUnreachable(`the OpenID issuer ${issuer}: ${why}`);
      this.#failure = { error: unreachable, at: this.#now() };
      if (signal?.aborted !== true) onAsked?.(unreachable.message);
      throw unreachable;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

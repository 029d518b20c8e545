/** Remembers the verified tokens of requests, each as long as its request. */
import { misuse } from '../refusal.ts';
import type { VerifiedToken } from '../verifier.ts';

const attestations = new WeakMap<object, VerifiedToken>();

/** Remembers the token of a request, under each object that stands for it. */
export function remember(token: VerifiedToken, ...requests: readonly object[]): void {
  for (const request of requests) attestations.set(request, token);
}

/** The token that was remembered under one of the objects. Throws `ConfigurationError`: an unguarded route must not look like an attested one. */
export function recall(...requests: readonly unknown[]): VerifiedToken {
  for (const request of requests) {
    const token = typeof request === 'object' && request !== null ? attestations.get(request) : undefined;
    if (token !== undefined) return token;
  }
  return misuse('request', 'a request that passed requireAttestation; is the route behind it?');
}

/** Asks each OpenID issuer at the start, and those that did not answer every minute, so that an operator hears of it before a caller does. */
import type { OpenIdIssuer } from './openid-issuer.ts';

const everyMs = 60_000;

/**
 * Starts; returns what ends it. Nothing waits for the answers: callers with tokens of other issuers are served meanwhile.
 * @param issuers those that are accepted now
 */
export function probeIssuers(issuers: () => readonly Pick<OpenIdIssuer, 'probe'>[]): () => void {
  const probe = (): void => {
    for (const issuer of issuers()) void issuer.probe();
  };
  probe();
  const timer = setInterval(probe, everyMs).unref();
  return () => clearInterval(timer);
}

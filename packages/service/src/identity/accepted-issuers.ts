/** Sets up the OpenID issuers whose access tokens are accepted: the configured ones, and that of the development provider when it runs. */
import { readFileSync } from 'node:fs';
import type { ServiceConfig } from '../config/schema.ts';
import type { HealthReporter } from '../health/health.ts';
import type { AccessTokens } from './access-token.ts';
import { OpenIdIssuer } from './openid-issuer.ts';

const consequence =
  'access tokens are verified with the keys that are known for an hour, then refused; look at the issuer and the network';

/** The access tokens that are accepted, with the issuers themselves. */
export interface AcceptedIssuers extends AccessTokens {
  readonly issuers: readonly OpenIdIssuer[];
}

/** Reads the CA files; nothing is fetched yet. `reporter` is told which issuers cannot be reached, `signal` aborts later requests. */
export function acceptedIssuers(
  config: ServiceConfig,
  issuers: ServiceConfig['identity']['issuers'],
  reporter: HealthReporter,
  signal: AbortSignal,
): AcceptedIssuers {
  const failures = new Map<string, string>();
  const tell = (issuer: string, failure: string | undefined): void => {
    if (failure === undefined) failures.delete(issuer);
    else failures.set(issuer, failure);
    if (failures.size === 0) reporter.report('ok');
    else reporter.report('failing', `${[...failures.values()].join('; ')}; ${consequence}`);
  };
  const { fetchTimeoutMs, clockSkewSeconds } = config.identity;
  return {
    issuers: issuers.map(({ issuer, audiences = config.identity.audiences, caFile }) => {
      const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8');
      return new OpenIdIssuer({
        issuer,
        audiences,
        ca,
        timeoutMs: fetchTimeoutMs,
        signal,
        onAsked: (failure) => tell(issuer, failure),
      });
    }),
    managementAudiences: config.identity.managementAudiences,
    clockSkewSeconds,
  };
}

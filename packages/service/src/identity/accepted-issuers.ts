/** Whose access tokens does the service accept? The configured issuers, and the development provider when it runs. */
import { readFileSync } from 'node:fs';
import type { FastifyBaseLogger } from 'fastify';
import type { ServiceConfig } from '../config/schema.ts';
import type { AccessTokens } from './access-token.ts';
import { OpenIdIssuer } from './openid-issuer.ts';

/** Reads the CA files; nothing is fetched yet. `signal` breaks off what is fetched later. */
export function acceptedIssuers(
  config: ServiceConfig,
  issuers: ServiceConfig['identity']['issuers'],
  log: FastifyBaseLogger,
  signal: AbortSignal,
): AccessTokens {
  const { fetchTimeoutMs, clockSkewSeconds } = config.identity;
  return {
    issuers: issuers.map(({ issuer, audiences = config.identity.audiences, caFile }) => {
      const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8');
      return new OpenIdIssuer({ issuer, audiences, ca, timeoutMs: fetchTimeoutMs, signal });
    }),
    managementAudiences: config.identity.managementAudiences,
    clockSkewSeconds,
    onUnreachable: (error) => log.error({ reason: error.message }, 'OpenID issuer unreachable'),
  };
}

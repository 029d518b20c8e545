/** Registers all operations of the service at their paths. */
import type { InFlightRequests } from '../http/in-flight.ts';
import { addOperations, type Operation, type Routes } from '../http/operation.ts';
import { providerParameter } from '../providers/address.ts';
import type { ServiceContext } from '../service-context.ts';
import { getAudit } from './get-audit.ts';
import { getCerts } from './get-certs.ts';
import { getHealth, getReadiness } from './get-health.ts';
import { getOpenIdConfiguration } from './get-openid-configuration.ts';
import { getServiceHealth } from './get-service-health.ts';
import { getTcbBaselines } from './get-tcb-baselines.ts';
import { keyOperations } from './keys/operations.ts';
import { oauthEndpoints } from './oauth-endpoints.ts';
import { policyOperations } from './policies/operations.ts';
import { postAttest } from './post-attest.ts';
import { previewOperations } from './preview/operations.ts';
import { resourceManager } from './resource-manager/operations.ts';
import { resourceProvider } from './resource-provider/operations.ts';
import { signerOperations } from './signers/operations.ts';
import { verifyAudit } from './verify-audit.ts';

/**
 * Registers all operations; those of a provider below `prefix`, the path of the base URI (empty, or `/` and segments), and below
 * `/providers/{name}` there. `inFlight` tracks the requests.
 */
export function addRoutes(routes: Routes, prefix: string, context: ServiceContext, inFlight: InFlightRequests): void {
  const ofProvider = [
    getCerts(context),
    getOpenIdConfiguration(context),
    ...oauthEndpoints,
    ...postAttest(context),
    getAudit(context),
    verifyAudit(context),
    getTcbBaselines(context),
    getServiceHealth(context),
    ...policyOperations(context),
    ...signerOperations(context),
    ...keyOperations(context),
    ...previewOperations(context),
  ];
  const followed = (operation: Operation): Operation => ({
    ...operation,
    handle: (request, reply) => inFlight.follow(request, reply, async () => operation.handle(request, reply)),
  });
  addOperations(routes, [getHealth, getReadiness(context)]);
  addOperations(
    routes,
    [...resourceManager(context), ...resourceProvider(context)].map((operation) => ({
      ...followed(operation),
      path: `${prefix}${operation.path}`,
    })),
  );
  for (const base of [prefix, `${prefix}/providers/:${providerParameter}`]) {
    addOperations(
      routes,
      ofProvider.map((operation) => ({
        ...followed(operation),
        provider: context.addressed,
        path: `${base}${operation.path}`,
      })),
    );
  }
}

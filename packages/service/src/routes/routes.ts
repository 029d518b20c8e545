/** Which operations does the service have, and where? */
import { addOperations, type Routes } from '../http/operation.ts';
import { providerParameter } from '../providers/address.ts';
import type { ServiceContext } from '../service-context.ts';
import { getAudit } from './get-audit.ts';
import { getCerts } from './get-certs.ts';
import { getHealth, getReadiness } from './get-health.ts';
import { getOpenIdConfiguration } from './get-openid-configuration.ts';
import { getTcbBaselines } from './get-tcb-baselines.ts';
import { keyOperations } from './keys/operations.ts';
import { policyOperations } from './policies/operations.ts';
import { postAttest } from './post-attest.ts';
import { previewOperations } from './preview/operations.ts';
import { resourceProvider } from './resource-provider/operations.ts';
import { signerOperations } from './signers/operations.ts';

/**
 * Adds all operations; those of a provider below `prefix`, the path of the base URI (empty, or `/` and segments), and below
 * `/providers/{name}` there.
 */
export function addRoutes(routes: Routes, prefix: string, context: ServiceContext): void {
  const ofProvider = [
    getCerts(context),
    getOpenIdConfiguration(context),
    ...postAttest(context),
    getAudit(context),
    getTcbBaselines(context),
    ...policyOperations(context),
    ...signerOperations(context),
    ...keyOperations(context),
    ...previewOperations(context),
  ];
  addOperations(routes, [getHealth, getReadiness(context)]);
  addOperations(
    routes,
    resourceProvider(context).map((operation) => ({ ...operation, path: `${prefix}${operation.path}` })),
  );
  for (const base of [prefix, `${prefix}/providers/:${providerParameter}`]) {
    addOperations(
      routes,
      ofProvider.map((operation) => ({
        ...operation,
        provider: context.addressed,
        path: `${base}${operation.path}`,
      })),
    );
  }
}

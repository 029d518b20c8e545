/** Which operations does the service have, and where? */
import { addOperations, type Routes } from '../http/operation.ts';
import type { ServiceContext } from '../service-context.ts';
import { getCerts } from './get-certs.ts';
import { getHealth, getReadiness } from './get-health.ts';
import { getOpenIdConfiguration } from './get-openid-configuration.ts';
import { postAttest } from './post-attest.ts';

/** Adds all operations; those of the provider below `prefix`, the path of its base URI (empty, or `/` and segments). */
export function addRoutes(routes: Routes, prefix: string, context: ServiceContext): void {
  const ofProvider = [getCerts(context), getOpenIdConfiguration(context), ...postAttest(context)];
  addOperations(routes, [getHealth, getReadiness(context)]);
  addOperations(
    routes,
    ofProvider.map((operation) => ({ ...operation, path: `${prefix}${operation.path}` })),
  );
}

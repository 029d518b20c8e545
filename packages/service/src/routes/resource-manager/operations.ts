/** What clients of Azure's resource manager ask for besides the resource provider itself. */
import type { Operation } from '../../http/operation.ts';
import type { ServiceContext } from '../../service-context.ts';
import { metadataEndpoints } from './metadata-endpoints.ts';
import { subscriptionOperations } from './subscriptions.ts';

/** Every operation of the resource manager. */
export function resourceManager(context: ServiceContext): Operation[] {
  return [metadataEndpoints(context), ...subscriptionOperations(context)];
}

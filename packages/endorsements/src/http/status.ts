/**
 * Turns the status of a response into a refusal, apart from 429 and 5xx, which the retry has dealt with.
 * Sources: Intel PCS API, version 4; PCCS of Intel's DCAP, its own status codes; AMD 57230.
 */
import type { HttpResponse } from '@atesto/http-client';
import { refuseEndorsements } from '../refusal.ts';

/** Whether an item belongs to one platform, which a service may not know, or to all, so that a service must have it. */
export type ItemScope = 'platform' | 'service';

/** 461, 462: a PCCS does not have the platform, or not for its TCB. */
const unknownPlatform: ReadonlySet<number> = new Set([404, 461, 462]);

/** Refuses every status but 200. */
export function checkStatus({ status }: HttpResponse, scope: ItemScope, where: string): void {
  if (status === 200) return;
  if (scope === 'platform' && unknownPlatform.has(status)) {
    refuseEndorsements('endorsements-not-found', where, `the service has nothing for this platform (${status})`);
  }
  if (status === 401 || status === 403) {
    refuseEndorsements('endorsements-unauthorized', where, `the service asks for other credentials (${status})`);
  }
  const why =
    status === 410
      ? 'the service has retired the baseline that is asked for (410)'
      : status === 404
        ? 'the service does not have what each such service has; address and baseline may be wrong (404)'
        : `the service answered ${status}`;
  refuseEndorsements('endorsements-request-refused', where, why);
}

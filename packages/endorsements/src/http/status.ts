/** What does the status of an answer say? 429 and 5xx have been dealt with when it is asked. */
import { refuseEndorsements } from '../refusal.ts';
import type { HttpAnswer } from './client.ts';

/** Refuses every status but 200. */
export function checkStatus({ status }: HttpAnswer, where: string): void {
  if (status === 200) return;
  if (status === 404) refuseEndorsements('endorsements-not-found', where, 'the service has no such item (404)');
  if (status === 410) refuseEndorsements('endorsements-not-found', where, 'the service has retired the baseline (410)');
  if (status === 401 || status === 403) {
    refuseEndorsements('endorsements-unauthorized', where, `the service asks for other credentials (${status})`);
  }
  refuseEndorsements('endorsements-request-refused', where, `the service answered ${status}`);
}

/** Reads the condition of a change: RFC 9110, section 13.1: `If-Match` with one entity tag, `If-None-Match: *`. */

import { absentEtag, type Condition } from '@atesto/store';
import type { FastifyRequest } from 'fastify';
import { refuseRequest } from './refusal.ts';

const etagForm = /^"\d{1,16}"$/;

/** The condition of a request; empty: change whatever is in force. Refuses with `member-invalid` what is no tag of ours. */
export function conditionOf({ headers }: Pick<FastifyRequest, 'headers'>): Condition {
  const match = headers['if-match'];
  const none = headers['if-none-match'];
  if (match === undefined && none === undefined) return {};
  if (match === undefined && none === '*') return { expectedEtag: absentEtag };
  if (none === undefined && match === '*') return {};
  if (none === undefined && match !== undefined && etagForm.test(match)) return { expectedEtag: match };
  return refuseRequest('member-invalid', 'if-match', 'send If-Match with one entity tag, or If-None-Match: *');
}

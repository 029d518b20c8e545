/** What went wrong with a request, told from the error of the HTTP client. */
import { Refused } from '@atesto/core';
import { errors } from 'undici';
import { refuseEndorsements } from '../refusal.ts';

/** `code` of a system, TLS or undici error; messages may hold addresses and are left out. */
function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}

/** Refuses for an error that was thrown before (`headers`) or while (`body`) the body arrived. */
export function refuseForError(error: unknown, phase: 'headers' | 'body', where: string): never {
  if (error instanceof Refused) throw error;
  if (error instanceof errors.ResponseExceededMaxSizeError || error instanceof errors.HeadersOverflowError) {
    return refuseEndorsements('endorsements-too-large', where, `the answer is larger than allowed (${codeOf(error)})`);
  }
  if (error instanceof errors.HTTPParserError) {
    return refuseEndorsements('endorsements-malformed', where, `the answer is not HTTP (${codeOf(error)})`);
  }
  if (
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError
  ) {
    return refuseEndorsements('endorsements-timed-out', where, `no answer in time (${codeOf(error)})`);
  }
  return phase === 'body'
    ? refuseEndorsements('endorsements-truncated', where, `the answer broke off (${codeOf(error)})`)
    : refuseEndorsements('endorsements-unreachable', where, `no connection could be made or kept (${codeOf(error)})`);
}

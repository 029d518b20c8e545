/** What a request is refused with in terms of HTTP: a status, a wire code and a sentence. For routes and `http/`; see `refusal-of.ts`. */
import type { Refusal } from '@atesto/core';
import { type ServiceCode, serviceCodes } from '../codes.ts';
import type { RefusalCause } from '../refuse.ts';
import { meaningOf } from './public-messages.ts';

/** A refused request: `Refused` of the HTTP boundary, which alone turns it into a reply. */
export class RequestRefused extends Error {
  readonly status: number;
  /** `error.code` of the reply. */
  readonly wireCode: string;
  /** What the caller is told. */
  readonly refusal: Refusal;
  /** What only the log is told: it may name paths and hosts. */
  readonly detail: Refusal | undefined;
  /** After how many seconds another try makes sense, for `Retry-After`; undefined: nothing is said. */
  readonly retryAfterSeconds: number | undefined;
  /** What `innererror.details` of the reply tells. */
  readonly causes: readonly RefusalCause[];

  constructor(
    status: number,
    wireCode: string,
    refusal: Refusal,
    detail?: Refusal,
    retryAfterSeconds?: number,
    causes: readonly RefusalCause[] = [],
  ) {
    super(refusal.why);
    this.name = 'RequestRefused';
    this.status = status;
    this.wireCode = wireCode;
    this.refusal = refusal;
    this.detail = detail;
    this.retryAfterSeconds = retryAfterSeconds;
    this.causes = causes;
  }
}

/** Refuses the request with one of the service's own codes. `where` is a member, header or path; never a value. */
export function refuseRequest(code: ServiceCode, where: string, why: string): never {
  throw refusalOf(code, where, why);
}

/** The same, to be given where nothing is thrown. */
export function refusalOf(code: ServiceCode, where: string, why: string): RequestRefused {
  const { status, wireCode } = serviceCodes[code];
  return new RequestRefused(status, wireCode, { code, where, why });
}

/** Refuses the request because another package refused what it carries: 400 InvalidParameter unless said otherwise. */
export function refuseFor(refusal: Refusal, status = 400, wireCode = 'InvalidParameter'): never {
  throw new RequestRefused(status, wireCode, refusal);
}

/**
 * Refuses the request for something within the service: the caller gets the code with its meaning, the log place and reason.
 * @param where what the caller is told in place of the place: a setting or a part of the service
 */
export function refuseWithin(refusal: Refusal, where: string, status: number, wireCode: string): never {
  throw withinRefused(refusal, where, status, wireCode);
}

/** The same, to be given where nothing is thrown. */
export function withinRefused(refusal: Refusal, where: string, status: number, wireCode: string): RequestRefused {
  const { code } = refusal;
  return new RequestRefused(status, wireCode, { code, where, why: meaningOf(code) }, refusal);
}

/** What a request is refused with: a status, a wire code and a sentence. Within the service it travels as one exception. */
import type { Refusal } from '@atesto/evidence';
import { type ServiceCode, serviceCodes } from '../codes.ts';

/** A refused request: `Refused` of the HTTP boundary, which alone turns it into a reply. */
export class RequestRefused extends Error {
  readonly status: number;
  /** `error.code` of the reply. */
  readonly wireCode: string;
  readonly refusal: Refusal;

  constructor(status: number, wireCode: string, refusal: Refusal) {
    super(refusal.why);
    this.name = 'RequestRefused';
    this.status = status;
    this.wireCode = wireCode;
    this.refusal = refusal;
  }
}

/** Refuses the request with one of the service's own codes. `where` is a member, header or path; never a value. */
export function refuseRequest(code: ServiceCode, where: string, why: string): never {
  const { status, wireCode } = serviceCodes[code];
  throw new RequestRefused(status, wireCode, { code, where, why });
}

/** Refuses the request because another package refused what it carries: 400 InvalidParameter unless said otherwise. */
export function refuseFor(refusal: Refusal, status = 400, wireCode = 'InvalidParameter'): never {
  throw new RequestRefused(status, wireCode, refusal);
}

/** How the service's own code refuses. What the reply to a request looks like is decided in `http/refusal-of.ts` alone. */
import { type Refusal, Refused, refuse as throwRefused } from '@atesto/core';
import type { ServiceCode } from './codes.ts';

/** Throws `Refused` with a code of the service. `where` is a member, header or path; never a value. */
export const refuse: (code: ServiceCode, where: string, why: string) => never = throwRefused;

/** One cause of a refusal, as `innererror.details` tells it. */
export interface RefusalCause {
  readonly code: string;
  /** What it is about, such as the name of a claim. */
  readonly target: string;
  /** What the target was; absent: there was none. */
  readonly value?: string;
}

/** A refusal that tells its causes one by one. */
export class RefusedWithCauses extends Refused {
  readonly causes: readonly RefusalCause[];

  constructor(code: ServiceCode, where: string, why: string, causes: readonly RefusalCause[]) {
    super({ code, where, why });
    this.name = 'RefusedWithCauses';
    this.causes = causes;
  }
}

/** `temporary`: another try may succeed; `request`: the part has nothing for what the caller sent; `defect`: a fault of the service. */
export type PartFault = 'temporary' | 'request' | 'defect';

/**
 * Thrown when a part of the service refused to work: the caller is told the part and the meaning of the code; place and reason, which may
 * name paths and hosts, are for the log.
 */
export class PartFailed extends Refused {
  /** A setting or a part of the service, such as `store`. */
  readonly part: string;
  readonly fault: PartFault;

  constructor(refusal: Refusal, part: string, fault: PartFault) {
    super(refusal);
    this.name = 'PartFailed';
    this.part = part;
    this.fault = fault;
  }
}

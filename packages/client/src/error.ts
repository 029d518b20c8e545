/** The two exceptions of this package. Callers act on their codes. */
import type { ClientCode } from './codes.ts';

/** A failed call. Holds no token, secret or evidence: it may be shown and logged. */
export class ClientError extends Error {
  /** Stable, kebab-case; see `clientCodes`. */
  readonly code: ClientCode;
  /** The place: an address, an option, a path. */
  readonly where: string;
  /** One sentence that an operator can act on. */
  readonly why: string;

  constructor(code: ClientCode, where: string, why: string, options?: { readonly cause?: unknown }) {
    super(`${where}: ${why}`, options);
    this.name = 'ClientError';
    this.code = code;
    this.where = where;
    this.why = why;
  }
}

/** What the service said when it refused. */
export interface ServiceRefusal {
  /** HTTP status. */
  readonly status: number;
  /** `error.code`, such as `InvalidParameter`; undefined when the body was not an error of the contract. */
  readonly wireCode: string | undefined;
  /** `error.innererror.code`, such as `quote-signature`: why exactly; undefined when the service does not tell. */
  readonly innerCode: string | undefined;
  /** `error.message`. */
  readonly message: string;
  /** `x-ms-request-id`: what the operator of the service can look up. */
  readonly requestId: string | undefined;
  /** `x-ms-client-request-id` as sent. */
  readonly clientRequestId: string;
}

/** The attestation service answered, and refused. */
export class ServiceRefusedError extends ClientError {
  readonly status: number;
  readonly wireCode: string | undefined;
  readonly innerCode: string | undefined;
  readonly requestId: string | undefined;
  readonly clientRequestId: string;

  constructor(where: string, refusal: ServiceRefusal) {
    super('service-refused', where, refusal.message);
    this.name = 'ServiceRefusedError';
    this.status = refusal.status;
    this.wireCode = refusal.wireCode;
    this.innerCode = refusal.innerCode;
    this.requestId = refusal.requestId;
    this.clientRequestId = refusal.clientRequestId;
  }
}

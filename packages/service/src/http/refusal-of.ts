/** Maps the refusals that the service's code throws to what a reply says: status, wire code and message. */
import { type Refusal, Refused } from '@atesto/core';
import { endorsementFault } from '@atesto/endorsements';
import { evidenceCodes } from '@atesto/evidence/advanced';
import type { StorageCode } from '@atesto/store';
import type { TokenCode } from '@atesto/token';
import { type ServiceCodeRow, serviceCodes } from '../codes.ts';
import { PartFailed, type PartFault, RefusedWithCauses } from '../refuse.ts';
import { RequestRefused, withinRefused } from './refusal.ts';

type Wire = readonly [status: number, wireCode: string];

const partFailures: Readonly<Record<PartFault, Wire>> = {
  temporary: [503, 'ServiceUnavailable'],
  request: [400, 'InvalidParameter'],
  defect: [500, 'InternalError'],
};

/** Refusals of the token package that are the fault of a policy. All others are faults of the service. */
const tokenFaultsOfPolicies: readonly TokenCode[] = ['claim-reserved', 'claim-collision'];

const storage: Readonly<Record<StorageCode, Wire>> = {
  'version-conflict': [412, 'PreconditionFailed'],
  'name-taken': [409, 'Conflict'],
  'not-found': [404, 'ResourceNotFound'],
  'value-unstorable': [400, 'InvalidParameter'],
  'row-tampered': [500, 'InternalError'],
  'store-rolled-back': [503, 'ServiceUnavailable'],
  'store-unavailable': [503, 'ServiceUnavailable'],
  'store-newer': [503, 'ServiceUnavailable'],
  'integrity-key-invalid': [500, 'InternalError'],
  'cluster-unconfirmed': [503, 'ServiceUnavailable'],
};

const serviceRows: ReadonlyMap<string, ServiceCodeRow> = new Map(Object.entries(serviceCodes));
const storageRows: ReadonlyMap<string, Wire> = new Map(Object.entries(storage));

/** What the reply says; undefined: the error is a fault of the service, of which callers hear no more than that. */
export function refusalOfError(error: unknown): RequestRefused | undefined {
  if (error instanceof RequestRefused) return error;
  if (!(error instanceof Refused)) return undefined;
  const refusal: Refusal = error.refusal;
  if (error instanceof PartFailed) {
    return withinRefused(refusal, error.part, ...partFailures[error.fault]);
  }
  const row = serviceRows.get(refusal.code);
  if (row !== undefined) {
    const causes = error instanceof RefusedWithCauses ? error.causes : [];
    return new RequestRefused(row.status, row.wireCode, refusal, undefined, row.retryAfterSeconds, causes);
  }
  const stored = storageRows.get(refusal.code);
  if (stored !== undefined) return ofStore(refusal, stored);
  const caller = wireOfCallersFault(refusal.code);
  return caller === undefined ? undefined : new RequestRefused(...caller, refusal);
}

/** Evidence that is refused, and claims of a policy that a token cannot carry; undefined: the code is neither. */
function wireOfCallersFault(code: string): Wire | undefined {
  if (Object.hasOwn(evidenceCodes, code) || endorsementFault(code) === 'request') return [400, 'InvalidParameter'];
  return tokenFaultsOfPolicies.some((known) => known === code) ? [400, 'PolicyEvaluationError'] : undefined;
}

/** What the caller asked of the store is answered in full; what is wrong with the store itself is the operator's. */
function ofStore(refusal: Refusal, [status, wireCode]: Wire): RequestRefused {
  return status < 500
    ? new RequestRefused(status, wireCode, refusal)
    : withinRefused(refusal, 'store', status, wireCode);
}

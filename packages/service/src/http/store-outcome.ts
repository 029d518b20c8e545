/** How do the store's refusals look on the wire? */
import { type Outcome, type Refusal, Refused } from '@atesto/core';
import type { StorageCode } from '@atesto/store';
import { refuseFor, refuseWithin } from './refusal.ts';

const wire: Readonly<Record<StorageCode, readonly [status: number, wireCode: string]>> = {
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

/** Refuses the request with a refusal of the store that was thrown; what is none passes. */
export function refuseThrown(error: unknown): never {
  const row = error instanceof Refused ? Object.entries(wire).find(([code]) => code === error.refusal.code) : undefined;
  if (!(error instanceof Refused) || row === undefined) throw error;
  const [, [status, wireCode]] = row;
  return refuseStored(error.refusal, status, wireCode);
}

/** The value of what the store answered; its refusal refuses the request. */
export function storedOr<Value>(outcome: Outcome<Value, StorageCode>): Value {
  if (outcome.ok) return outcome.value;
  const [status, wireCode] = wire[outcome.refusal.code];
  return refuseStored(outcome.refusal, status, wireCode);
}

/** What the caller asked of the store is answered in full; what is wrong with the store itself is the operator's. */
function refuseStored(refusal: Refusal, status: number, wireCode: string): never {
  return status < 500 ? refuseFor(refusal, status, wireCode) : refuseWithin(refusal, 'store', status, wireCode);
}

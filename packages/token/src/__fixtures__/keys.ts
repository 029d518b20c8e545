/** Signing keys for the tests of this package: freshly made, one of each algorithm, once for each test file. */
import assert from 'node:assert/strict';
import { generateSigningKey, type SigningAlgorithm, type SigningKey, type TokenOutcome } from '../index.ts';

export const issuer = 'https://localhost:8443/providers/my_pr-01';
export const notBefore = new Date('2026-11-01T00:00:00Z');
export const notAfter = new Date('2027-03-01T00:00:00Z');

/** The value of an outcome; fails the test on a refusal. */
export function accepted<Value>(outcome: TokenOutcome<Value>): Value {
  assert.ok(outcome.ok, outcome.ok ? '' : `${outcome.refusal.code}: ${outcome.refusal.why}`);
  return outcome.value;
}

/** The code of a refusal; fails the test on a value. */
export function codeOf(outcome: TokenOutcome<unknown>): string {
  assert.ok(!outcome.ok, 'was not refused');
  return outcome.refusal.code;
}

const made = new Map<SigningAlgorithm, Promise<SigningKey>>();

export function keyOf(algorithm: SigningAlgorithm): Promise<SigningKey> {
  const known = made.get(algorithm) ?? generateSigningKey({ algorithm, issuer, notBefore, notAfter }).then(accepted);
  made.set(algorithm, known);
  return known;
}

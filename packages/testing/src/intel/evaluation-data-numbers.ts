/** Writes the list of TCB evaluation data numbers. Source: Intel PCS v4, "Get TCB evaluation data numbers". */
import { daysFrom } from '../x509/validity.ts';
import type { QuotedTee } from './quoting-enclave.ts';
import { intelTime, type JsonMembers } from './signed-json.ts';

/** The numbers, signed like TCB info. */
export interface TcbEvaluationDataNumbers {
  /** UTF-8 JSON: the inner `tcbEvaluationDataNumbers` object. */
  readonly body: Uint8Array;
  /** 64 bytes, r || s. */
  readonly signature: Uint8Array;
  /** PEM: TCB signing certificate, root. */
  readonly issuerChain: string;
}

const daysBetween = 180;

/** The members of the inner object; the highest number's baseline is two months old, each lower one half a year more. */
export function evaluationDataNumbersMembers(tee: QuotedTee, at: Date, numbers: readonly number[]): JsonMembers {
  return {
    id: tee === 'sgx' ? 'SGX' : 'TDX',
    version: 1,
    issueDate: intelTime(daysFrom(at, -1)),
    nextUpdate: intelTime(daysFrom(at, 29)),
    tcbEvalNumbers: numbers.map((tcbEvaluationDataNumber, index) => {
      const age = 60 + index * daysBetween;
      return {
        tcbEvaluationDataNumber,
        tcbRecoveryEventDate: intelTime(daysFrom(at, -age - 1)),
        tcbDate: intelTime(daysFrom(at, -age)),
      };
    }),
  };
}

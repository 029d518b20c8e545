/** Which attestation types does the service have? A new one adds its file here and one line. */
import { type AttestAnswer, type AttestCall, type AttestSurroundings, attest } from '../attest/pipeline.ts';
import type { AttestationType } from './attestation-type.ts';
import { openEnclave } from './open-enclave.ts';
import { sgxEnclave } from './sgx-enclave.ts';
import { tdxVm } from './tdx-vm.ts';

/** An attestation type as routes see it. */
export interface RegisteredType {
  readonly name: string;
  readonly paths: readonly string[];
  readonly attest: (call: AttestCall, surroundings: AttestSurroundings) => Promise<AttestAnswer>;
}

export const attestationTypes: readonly RegisteredType[] = [
  registered(sgxEnclave),
  registered(openEnclave),
  registered(tdxVm),
];

function registered<Evidence, Endorsements, Appraisal>(
  type: AttestationType<Evidence, Endorsements, Appraisal>,
): RegisteredType {
  return { name: type.name, paths: type.paths, attest: (call, surroundings) => attest(type, call, surroundings) };
}

/** Attestation type OpenEnclave: an SGX quote in the container of the Open Enclave SDK (report or evidence). */
import { refuse } from '../../refuse.ts';
import { type SgxAttestationType, sgxEnclave } from './sgx.ts';

export const openEnclave: SgxAttestationType = {
  ...sgxEnclave,
  name: 'OpenEnclave',
  paths: ['OpenEnclave', 'Tee/OpenEnclave'],
  evidenceMembers: ['report', 'quote'],
  endorse: (evidence, provider, look) => {
    if (evidence.openEnclave === undefined) {
      refuse('evidence-container-wrong', 'body.report', 'it is a bare quote; send it to /attest/SgxEnclave');
    }
    return provider.intel.endorse(evidence.quote, look);
  },
};

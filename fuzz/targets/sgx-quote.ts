/** SGX quotes of versions 3 and 5, bare and in the containers of the Open Enclave SDK. */
import { appraiseSgx, parseSgxEvidence, sgxClaims } from '@atesto/evidence/advanced';
import { outcomeOf } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { intel, intelOptions, verifiedCollateral } from '../platforms/intel.ts';

const collateral = await verifiedCollateral('sgx');

export const target: FuzzTarget = {
  seeds: [
    intel.quote(),
    intel.quote({ version: 5 }),
    intel.quote({ body: { debug: true, reportData: 'ab'.repeat(64) } }),
    intel.openEnclaveReport(),
    intel.openEnclaveEvidence({ customClaims: [{ name: 'a', value: Buffer.from('b') }] }),
  ],
  run: (input) => {
    const parsed = parseSgxEvidence(input);
    if (!parsed.ok) return outcomeOf(parsed, () => []);
    const outcome = appraiseSgx(parsed.value, collateral, intelOptions);
    return outcomeOf(outcome, (appraisal) => [
      parsed.value.quote.signedBytes,
      JSON.stringify({ ...sgxClaims(appraisal), 'x-ms-sgx-collateral': null }),
      JSON.stringify([appraisal.tcbStatus, appraisal.advisoryIds, appraisal.pck.fmspc, appraisal.qeIsvSvn]),
    ]);
  },
};

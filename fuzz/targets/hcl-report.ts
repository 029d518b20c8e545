/** Reports of Azure's host compatibility layer: a hardware report with the runtime claims that it commits to. */
import { appraiseAzureCvm, parseHclReport } from '@atesto/evidence/advanced';
import { outcomeOf } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { appraiseHardware, guest, vtpm } from '../platforms/azure.ts';

const { attest: quote, signature } = vtpm.quote();
const evidence = { quote, signature, pcrs: vtpm.pcrs() };

export const target: FuzzTarget = {
  seeds: [guest.hclReport(), guest.hclReport({ hash: 'sha512' })],
  run: (input) => {
    const hcl = parseHclReport(input);
    if (!hcl.ok) return outcomeOf(hcl, () => []);
    const { hardwareReport, runtimeData } = hcl.value;
    const hardware = appraiseHardware(hardwareReport);
    if (!hardware.ok) return outcomeOf(hardware, () => []);
    const outcome = appraiseAzureCvm(hcl.value, hardware.value, evidence, { nonce: 'any' });
    return outcomeOf(outcome, () => [hardwareReport.subarray(0, 672), runtimeData.hash, runtimeData.claims]);
  },
};

/** Event logs beside a quote: with one and two banks, H-CRTM, separators of ones, padding and a trust point. */
import { appraiseAzureCvm, parseHclReport } from '@atesto/evidence/advanced';
import { SimulatedAzureGuest } from '@atesto/testing/azure';
import { createSimulatedVtpm, defaultBoot, eventTypes } from '@atesto/testing/tpm';
import { outcomeOf } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { appraiseHardware, guest, vtpm } from '../platforms/azure.ts';

const { attestationKey, encryptionKey } = vtpm;
const trustPoint = { pcr: 0xffff_ffff, type: eventTypes.noAction, data: Buffer.from('trust point') };
const boot = [
  { pcr: 0, type: eventTypes.hcrtm, data: Buffer.from('HCRTM') },
  ...defaultBoot(true, 'ffffffff'),
  trustPoint,
];
const machine = new SimulatedAzureGuest(
  guest.machine,
  await createSimulatedVtpm({ attestationKey, encryptionKey, boot }),
);
const claims = machine.runtimeClaims();
const hardware = appraiseHardware(machine.hardwareReport(claims));
if (!hardware.ok) throw new Error(hardware.refusal.code);
const hcl = parseHclReport(machine.hclReport({ claims }));
if (!hcl.ok) throw new Error(hcl.refusal.code);
const { attest: quote, signature } = machine.vtpm.quote();
const pcrs = machine.vtpm.pcrs();

export const target: FuzzTarget = {
  seeds: [
    machine.vtpm.eventLog(),
    machine.vtpm.eventLog(['sha384', 'sha256']),
    Buffer.concat([machine.vtpm.eventLog(), Buffer.alloc(512)]),
  ],
  dictionary: ['StartupLocality\0', 'Spec ID Event03\0', 'SecureBoot'].map((word) => Buffer.from(word, 'latin1')),
  run: (eventLog) => {
    const outcome = appraiseAzureCvm(hcl.value, hardware.value, { quote, signature, pcrs, eventLog }, { nonce: 'any' });
    // What the log does not tell is proven by nobody; what it tells must be what was measured.
    return outcomeOf(outcome, ({ measuredBoot }) => [
      JSON.stringify(measuredBoot?.secureBoot === undefined ? true : measuredBoot.secureBoot),
      JSON.stringify(measuredBoot?.replayed ?? [0, 1, 2, 3, 4, 5, 6, 7]),
    ]);
  },
};

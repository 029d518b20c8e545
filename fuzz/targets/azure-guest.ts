/** What Azure's guests send: the JSON document of report, runtime claims, vTPM quote, certified key and event log. */
import { appraiseAzureGuest, parseAzureGuest } from '@atesto/evidence';
import { outcomeOf } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { appraiseHardware, guest } from '../platforms/azure.ts';

export const target: FuzzTarget = {
  seeds: [guest.attestationInfo(), guest.attestationInfo({ clientPayload: { nonce: 'AAAA' } })],
  run: (input) => {
    const parsed = parseAzureGuest(input);
    if (!parsed.ok) return outcomeOf(parsed, () => []);
    const { proof, runtimeClaims } = parsed.value;
    if (proof.type !== 'SevSnp') return { code: `proof of ${proof.type}` };
    const hardware = appraiseHardware(proof.report);
    if (!hardware.ok) return outcomeOf(hardware, () => []);
    return outcomeOf(appraiseAzureGuest(input, hardware.value), ({ pcrs, encryptionKey, quote }) => [
      proof.report.subarray(0, 672),
      runtimeClaims,
      quote.pcrDigest,
      JSON.stringify([...pcrs].map(([pcr, value]) => [pcr, Buffer.from(value).toString('hex')])),
      encryptionKey.publicKey.export({ format: 'der', type: 'spki' }),
      String(encryptionKey.boundToPcrs),
    ]);
  },
};

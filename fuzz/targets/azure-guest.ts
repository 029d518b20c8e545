/** What Azure's guests send: the JSON document of report, runtime claims, vTPM quote, certified key and event log. */
import { appraiseAzureGuest, parseAzureGuest } from '@atesto/evidence/advanced';
import { outcomeOf } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { appraiseReport, guest } from '../platforms/azure.ts';

export const target: FuzzTarget = {
  seeds: [guest.attestationInfo(), guest.attestationInfo({ clientPayload: { nonce: 'AAAA' } })],
  run: (input) => {
    const parsed = parseAzureGuest(input);
    if (!parsed.ok) return outcomeOf(parsed, () => []);
    const { proof, runtimeClaims } = parsed.value;
    if (proof.type !== 'SevSnp') return { code: `proof of ${proof.type}` };
    const hardware = appraiseReport(proof.evidence);
    if (!hardware.ok) return outcomeOf(hardware, () => []);
    return outcomeOf(appraiseAzureGuest(parsed.value, hardware.value), ({ pcrs, encryptionKey, quote }) => [
      proof.evidence.signedBytes,
      runtimeClaims,
      quote.pcrDigest,
      JSON.stringify([...pcrs].map(([pcr, value]) => [pcr, Buffer.from(value).toString('hex')])),
      encryptionKey.publicKey.export({ format: 'der', type: 'spki' }),
      String(encryptionKey.boundToPcrs),
    ]);
  },
};

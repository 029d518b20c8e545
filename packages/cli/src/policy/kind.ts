/** The attestation type that an option names. */
import { type AttestationKind, attestationKinds } from '@atesto/policy';
import { misused } from '../failure.ts';

/** An attestation type, written in any case; undefined when the option is absent. */
export function kindOption(text: string | undefined): AttestationKind | undefined {
  if (text === undefined) return undefined;
  const kind = attestationKinds.find((known) => known.toLowerCase() === text.toLowerCase());
  return kind ?? misused('--type names no attestation type', `Write one of ${attestationKinds.join(', ')}.`);
}

/** Checks that a TPM certified one of its keys. Source: TCG, Trusted Platform Module Library, Part 2: Structures (TPMS_CERTIFY_INFO). */
import { parseTpmAttest, refuseTpm, sized, type TpmAttestHeader } from './attest.ts';
import type { TpmPublicArea } from './public-area.ts';

/** The contents of a TPM2_Certify structure. */
export interface TpmCertification extends TpmAttestHeader {
  readonly name: Uint8Array;
  readonly qualifiedName: Uint8Array;
}

/** Parses a TPMS_ATTEST of TPM2_Certify; refuses by throwing within this package. */
export function parseTpmCertification(bytes: Uint8Array): TpmCertification {
  return parseTpmAttest(bytes, 'certify', (reader) => ({
    name: sized(reader, 'name'),
    qualifiedName: sized(reader, 'qualifiedName'),
  }));
}

/** Checks that the TPM certified this key. */
export function checkCertifiedName({ name }: TpmCertification, key: TpmPublicArea): void {
  if (Buffer.compare(name, key.name) !== 0) {
    refuseTpm('tpm-certified-name', 'tpm certification', 'it certifies another key');
  }
}

/** The accepted hash algorithms of TPMs. Source: TCG Algorithm Registry, TPM_ALG_ID. */

/** A hash algorithm of a TPM. */
export interface TpmHash {
  /** TPM_ALG_ID. */
  readonly id: number;
  /** node:crypto's name. */
  readonly name: 'sha256' | 'sha384' | 'sha512';
  readonly sizeBytes: number;
}

/** SHA-1 is not accepted anywhere. */
export const tpmHashes: readonly TpmHash[] = [
  { id: 0x000b, name: 'sha256', sizeBytes: 32 },
  { id: 0x000c, name: 'sha384', sizeBytes: 48 },
  { id: 0x000d, name: 'sha512', sizeBytes: 64 },
];

/** The hash algorithm of an id; undefined when it is not accepted. */
export function tpmHashOf(id: number): TpmHash | undefined {
  return tpmHashes.find((hash) => hash.id === id);
}

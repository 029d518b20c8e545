/** How claims write bytes. */

/** Lower-case hex: how Azure Attestation writes bytes in claims. */
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

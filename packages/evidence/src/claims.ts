/** The types of claims, common to all technologies. */

/** A claim's value as JSON. */
export type ClaimJson =
  | string
  | number
  | boolean
  | null
  | readonly ClaimJson[]
  | { readonly [name: string]: ClaimJson };

/** Claims by name. */
export type Claims = Readonly<Record<string, ClaimJson>>;

/** Lower-case hex: how Azure Attestation writes bytes in claims. */
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

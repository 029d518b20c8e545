/**
 * Checks that a key can be used only while the PCRs have the quoted values.
 * Source: TCG, Trusted Platform Module Library, Part 3: Commands (TPM2_PolicyPCR).
 */
import { createHash } from 'node:crypto';
import type { TpmPublicArea } from './public-area.ts';
import { type PcrValues, quotedSelection, type TpmQuote } from './quote.ts';

/** TPM_CC_PolicyPCR. */
const policyPcr = 0x0000017f;

/** The policy digest, SHA-256, of TPM2_PolicyPCR alone over the quote's selection and these values. */
function pcrPolicyDigest(quote: TpmQuote, values: PcrValues): Buffer {
  const { algorithm, pcrs, mask } = quotedSelection(quote);
  const digest = createHash('sha256');
  for (const pcr of pcrs) digest.update(values.get(pcr) ?? '');
  const command = Buffer.alloc(11);
  command.writeUInt32BE(policyPcr, 0);
  command.writeUInt32BE(1, 4);
  command.writeUInt16BE(algorithm, 8);
  command.writeUInt8(mask.length, 10);
  const before = Buffer.alloc(32);
  return createHash('sha256').update(before).update(command).update(mask).update(digest.digest()).digest();
}

/** Whether using the key requires the quoted values: its policy is TPM2_PolicyPCR over them, and no password replaces the policy. */
export function isBoundToPcrs(key: TpmPublicArea, quote: TpmQuote, values: PcrValues): boolean {
  return !key.attributes.userWithAuth && pcrPolicyDigest(quote, values).equals(key.authPolicy);
}

/**
 * The containers of the Open Enclave SDK around a quote. Source: openenclave/openenclave, `oe_report_header_t` and
 * `oe_attestation_header_t`. Integers are little-endian.
 */
import { u32, u64 } from '../bytes/layout.ts';

/** SGX ECDSA, {A3A21E87-1B4D-4014-B70A-A125D2FBCD8C}. */
export const sgxEcdsaFormat = 'a3a21e871b4d4014b70aa125d2fbcd8c';

const reportVersion = 1;
const remoteReport = 2;
const evidenceVersion = 3;

/** Report: version, type, size, quote. */
export function writeOpenEnclaveReport(quote: Uint8Array): Buffer {
  return Buffer.concat([u32(reportVersion), u32(remoteReport), u64(BigInt(quote.length)), quote]);
}

/** Evidence: version, format, size, then the quote and the custom claims. */
export function writeOpenEnclaveEvidence(quote: Uint8Array, customClaims: Uint8Array): Buffer {
  const sizeBytes = BigInt(quote.length + customClaims.length);
  return Buffer.concat([u32(evidenceVersion), Buffer.from(sgxEcdsaFormat, 'hex'), u64(sizeBytes), quote, customClaims]);
}

/**
 * Parses TPM 2.0 quotes and checks them against given PCR values.
 * Source: TCG, Trusted Platform Module Library, Part 2: Structures (TPMS_QUOTE_INFO, TPML_PCR_SELECTION).
 */

import { createHash } from 'node:crypto';
import type { ByteReader } from '@atesto/core';
import { type TpmHash, tpmHashes, tpmHashOf } from './algorithms.ts';
import { parseTpmAttest, refuseTpm, sized, type TpmAttestHeader } from './attest.ts';

/** PCRs of a PC client TPM are 0 to 23: three bytes of selection. */
const pcrCount = 24;

/** One bank's selection. */
export interface PcrSelection {
  /** TPM_ALG_ID. */
  readonly algorithm: number;
  /** Selected PCR numbers, ascending. */
  readonly pcrs: readonly number[];
  /** The selection bitmap, unchanged. */
  readonly mask: Uint8Array;
}

/** The fields of one quote. */
export interface TpmQuote extends TpmAttestHeader {
  readonly selections: readonly PcrSelection[];
  readonly pcrDigest: Uint8Array;
}

/** PCR values by number, of one bank. */
export type PcrValues = ReadonlyMap<number, Uint8Array>;

function parseSelection(reader: ByteReader): PcrSelection {
  const where = reader.where();
  const algorithm = reader.u16BE('hash');
  if (tpmHashOf(algorithm) === undefined) {
    refuseTpm('tpm-hash-algorithm', where, `bank ${algorithm.toString(16)}h is not SHA-256, SHA-384 or SHA-512`);
  }
  const mask = reader.bytes(reader.u8('sizeofSelect'), 'pcrSelect');
  const pcrs = [...mask].flatMap((byte, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte >> bit) & 1).map((bit) => index * 8 + bit),
  );
  if (pcrs.length === 0 || pcrs.some((pcr) => pcr >= pcrCount)) {
    refuseTpm('tpm-pcr-selection', where, 'a selection names PCRs 0 to 23, at least one');
  }
  return { algorithm, pcrs, mask };
}

function parseSelections(reader: ByteReader): PcrSelection[] {
  const where = reader.where();
  const count = reader.u32BE('PCR selection count');
  if (count === 0 || count > tpmHashes.length) {
    refuseTpm('tpm-pcr-selection', where, `${count} selections; there can be 1 to ${tpmHashes.length}`);
  }
  const selections = Array.from({ length: count }, () => parseSelection(reader));
  if (new Set(selections.map(({ algorithm }) => algorithm)).size !== count) {
    refuseTpm('tpm-pcr-selection', where, 'a bank is selected twice');
  }
  return selections;
}

/** Parses a TPMS_ATTEST that holds a quote; refuses by throwing within this package. */
export function parseTpmQuote(bytes: Uint8Array): TpmQuote {
  return parseTpmAttest(bytes, 'quote', (reader) => ({
    selections: parseSelections(reader),
    pcrDigest: sized(reader, 'pcrDigest'),
  }));
}

/** The only bank that the quote selects. */
export function quotedSelection({ selections }: TpmQuote): PcrSelection {
  const [selection, another] = selections;
  if (selection === undefined || another !== undefined) {
    return refuseTpm('tpm-pcr-selection', 'tpm quote', 'exactly one bank must be selected');
  }
  return selection;
}

/**
 * Checks that the values of the quote's only selected bank hash to the signed digest, and returns those values.
 * @param hash of the signature scheme, with which the TPM also hashes the values
 */
export function checkPcrDigest(quote: TpmQuote, values: PcrValues, hash: TpmHash): PcrValues {
  const selection = quotedSelection(quote);
  const sizeBytes = tpmHashOf(selection.algorithm)?.sizeBytes;
  const quoted = new Map<number, Uint8Array>();
  const digest = createHash(hash.name);
  for (const pcr of selection.pcrs) {
    const value = values.get(pcr);
    if (value === undefined || value.length !== sizeBytes) {
      return refuseTpm('tpm-pcr-value', `pcr ${pcr}`, `a value of ${sizeBytes} bytes is needed for PCR ${pcr}`);
    }
    digest.update(value);
    quoted.set(pcr, value);
  }
  if (!digest.digest().equals(quote.pcrDigest)) {
    refuseTpm('tpm-pcr-digest', 'tpm quote', 'the given PCR values are not the quoted ones');
  }
  return quoted;
}

/** Checks that the quote contains the given nonce. */
export function checkQuoteNonce(quote: TpmQuote, nonce: Uint8Array): void {
  if (Buffer.compare(quote.extraData, nonce) !== 0) {
    refuseTpm('tpm-nonce', 'tpm quote', "the quote's extra data is not the expected nonce");
  }
}

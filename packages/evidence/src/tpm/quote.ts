/**
 * What a TPM 2.0 quote says, and whether the attestation key signed it over given PCR values.
 * Source: TCG, Trusted Platform Module Library, Part 2: Structures (TPMS_ATTEST, TPMS_QUOTE_INFO, TPML_PCR_SELECTION).
 */
import { createHash, type KeyObject, verify } from 'node:crypto';
import { Reader } from '../bytes/reader.ts';
import { refuse } from '../bytes/refusal.ts';
import type { TpmCode } from './codes.ts';

const generatedValue = 0xff544347;
const attestQuote = 0x8018;
/** PCRs of a PC client TPM are 0 to 23: three bytes of selection. */
const pcrCount = 24;

/** TPM_ALG_ID of the banks that are accepted, with node's name and the digest's length in bytes. */
const hashAlgorithms = new Map<number, { readonly name: string; readonly sizeBytes: number }>([
  [0x000b, { name: 'sha256', sizeBytes: 32 }],
  [0x000c, { name: 'sha384', sizeBytes: 48 }],
  [0x000d, { name: 'sha512', sizeBytes: 64 }],
]);

/** One bank's selection. */
export interface PcrSelection {
  /** TPM_ALG_ID. */
  readonly algorithm: number;
  /** Selected PCR numbers, ascending. */
  readonly pcrs: readonly number[];
  /** The selection bitmap as it stands. */
  readonly mask: Uint8Array;
}

/** The fields of one quote. */
export interface TpmQuote {
  /** TPM2B_NAME of the signing key. */
  readonly qualifiedSigner: Uint8Array;
  /** The caller's nonce, up to 64 bytes. */
  readonly extraData: Uint8Array;
  readonly clock: bigint;
  readonly resetCount: number;
  readonly restartCount: number;
  readonly safe: boolean;
  readonly firmwareVersion: bigint;
  readonly selections: readonly PcrSelection[];
  readonly pcrDigest: Uint8Array;
}

function refuseTpm(code: TpmCode, where: string, why: string): never {
  refuse(code, where, why);
}

function parseSelection(reader: Reader): PcrSelection {
  const where = reader.where();
  const algorithm = reader.u16BE('hash');
  if (!hashAlgorithms.has(algorithm)) {
    refuseTpm('tpm-hash-algorithm', where, `bank ${algorithm.toString(16)}h is not SHA-256, SHA-384 or SHA-512`);
  }
  const size = reader.u8('sizeofSelect');
  const mask = reader.bytes(size, 'pcrSelect');
  const pcrs = [...mask].flatMap((byte, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte >> bit) & 1).map((bit) => index * 8 + bit),
  );
  if (pcrs.length === 0 || pcrs.some((pcr) => pcr >= pcrCount)) {
    refuseTpm('tpm-pcr-selection', where, 'a selection names PCRs 0 to 23, at least one');
  }
  return { algorithm, pcrs, mask };
}

function parseSelections(reader: Reader): PcrSelection[] {
  const where = reader.where();
  const count = reader.u32BE('PCR selection count');
  if (count === 0 || count > hashAlgorithms.size) {
    refuseTpm(
      'tpm-pcr-selection',
      where,
      `${count} selections, at least 1 and at most ${hashAlgorithms.size} are possible`,
    );
  }
  const selections = Array.from({ length: count }, () => parseSelection(reader));
  if (new Set(selections.map(({ algorithm }) => algorithm)).size !== count) {
    refuseTpm('tpm-pcr-selection', where, 'a bank is selected twice');
  }
  return selections;
}

/** Parses a TPMS_ATTEST that holds a quote; refuses by throwing within this package. */
export function parseTpmQuote(bytes: Uint8Array): TpmQuote {
  const reader = new Reader(bytes, 'tpm quote');
  if (reader.u32BE('magic') !== generatedValue)
    refuseTpm('tpm-attest-magic', 'tpm quote+0', 'the magic is not ff544347h');
  if (reader.u16BE('type') !== attestQuote)
    refuseTpm('tpm-attest-type', 'tpm quote+4', 'the type is not TPM_ST_ATTEST_QUOTE');
  const qualifiedSigner = reader.bytes(reader.u16BE('qualifiedSigner size'), 'qualifiedSigner');
  const extraData = reader.bytes(reader.u16BE('extraData size'), 'extraData');
  const clock = reader.u64BE('clock');
  const resetCount = reader.u32BE('resetCount');
  const restartCount = reader.u32BE('restartCount');
  const safe = reader.u8('safe') === 1;
  const firmwareVersion = reader.u64BE('firmwareVersion');
  const selections = parseSelections(reader);
  const pcrDigest = reader.bytes(reader.u16BE('pcrDigest size'), 'pcrDigest');
  reader.end('TPMS_ATTEST');
  return { qualifiedSigner, extraData, clock, resetCount, restartCount, safe, firmwareVersion, selections, pcrDigest };
}

/** PCR values by number, of one bank. */
export type PcrValues = ReadonlyMap<number, Uint8Array>;

/**
 * Checks that the values of the quote's one selected bank hash to the signed digest.
 * The hash of the digest is that of the signature scheme: SHA-256 here.
 */
export function checkPcrDigest(quote: TpmQuote, values: PcrValues): void {
  const [selection, another] = quote.selections;
  if (selection === undefined || another !== undefined) {
    refuseTpm('tpm-pcr-selection', 'tpm quote', 'exactly one bank must be selected');
  }
  const sizeBytes = hashAlgorithms.get(selection.algorithm)?.sizeBytes;
  const hash = createHash('sha256');
  for (const pcr of selection.pcrs) {
    const value = values.get(pcr);
    if (value === undefined || value.length !== sizeBytes) {
      refuseTpm('tpm-pcr-value', `pcr ${pcr}`, `a value of ${sizeBytes} bytes is needed for PCR ${pcr}`);
    }
    hash.update(value);
  }
  if (!hash.digest().equals(quote.pcrDigest)) {
    refuseTpm('tpm-pcr-digest', 'tpm quote', 'the PCR values given are not the ones that the TPM quoted');
  }
}

/** Checks the signature of the quote's bytes: RSASSA-PKCS1-v1_5 with SHA-256 under an RSA key of at least 2048 bits. */
export function checkQuoteSignature(bytes: Uint8Array, signature: Uint8Array, attestationKey: KeyObject): void {
  const modulusLength = attestationKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (attestationKey.asymmetricKeyType !== 'rsa' || modulusLength < 2048) {
    refuseTpm('tpm-key', 'attestation key', 'the attestation key must be RSA of at least 2048 bits');
  }
  if (!verify('sha256', bytes, attestationKey, signature)) {
    refuseTpm('tpm-signature', 'tpm quote', 'the attestation key did not sign this quote');
  }
}

/** Checks that the quote answers the given nonce. */
export function checkQuoteNonce(quote: TpmQuote, nonce: Uint8Array): void {
  if (Buffer.compare(quote.extraData, nonce) !== 0) {
    refuseTpm('tpm-nonce', 'tpm quote', "the quote's extra data is not the nonce that was asked for");
  }
}

/**
 * Parses the common header of the structures that a TPM signs.
 * Source: TCG, Trusted Platform Module Library, Part 2: Structures (TPMS_ATTEST).
 */
import { ByteReader } from '@atesto/core';
import { refuse } from '../outcome.ts';
import type { TpmCode } from './codes.ts';

const generatedValue = 0xff544347;
/** TPM_ST of what is attested. */
const attestTypes = { quote: 0x8018, certify: 0x8017 } as const;
/** What a TPM attested: PCRs, or one of its keys. */
export type AttestKind = keyof typeof attestTypes;

/** The members that come before what is attested. */
export interface TpmAttestHeader {
  /** TPM2B_NAME of the signing key, qualified by its parents. */
  readonly qualifiedSigner: Uint8Array;
  /** The caller's nonce, up to 64 bytes. */
  readonly extraData: Uint8Array;
  readonly clock: bigint;
  readonly resetCount: number;
  readonly restartCount: number;
  /** Whether the clock is known to have never gone back. */
  readonly safe: boolean;
  readonly firmwareVersion: bigint;
}

/** Refuses with a code of this folder. */
export function refuseTpm(code: TpmCode, where: string, why: string): never {
  refuse(code, where, why);
}

/** The next TPM2B: a size, then as many bytes. */
export function sized(reader: ByteReader, field: string): Uint8Array {
  return reader.bytes(reader.u16BE(`${field} size`), field);
}

/** The next TPMI_YES_NO. */
function yesNo(reader: ByteReader, field: string): boolean {
  const where = reader.where();
  const value = reader.u8(field);
  if (value > 1) refuseTpm('tpm-attest-malformed', where, `${field} is ${value}, neither yes nor no`);
  return value === 1;
}

/** Parses a TPMS_ATTEST up to what it attests, which `parseAttested` reads to the end. */
export function parseTpmAttest<Attested extends object>(
  bytes: Uint8Array,
  kind: AttestKind,
  parseAttested: (reader: ByteReader) => Attested,
): TpmAttestHeader & Attested {
  const name = `tpm ${kind === 'quote' ? 'quote' : 'certification'}`;
  const reader = new ByteReader(bytes, name);
  if (reader.u32BE('magic') !== generatedValue) {
    refuseTpm('tpm-attest-magic', `${name}+0`, 'the magic is not ff544347h');
  }
  if (reader.u16BE('type') !== attestTypes[kind]) {
    refuseTpm('tpm-attest-type', `${name}+4`, `the type is not ${attestTypes[kind].toString(16)}h`);
  }
  const header = {
    qualifiedSigner: sized(reader, 'qualifiedSigner'),
    extraData: sized(reader, 'extraData'),
    clock: reader.u64BE('clock'),
    resetCount: reader.u32BE('resetCount'),
    restartCount: reader.u32BE('restartCount'),
    safe: yesNo(reader, 'safe'),
    firmwareVersion: reader.u64BE('firmwareVersion'),
  };
  const attested = parseAttested(reader);
  reader.end('TPMS_ATTEST');
  return { ...header, ...attested };
}

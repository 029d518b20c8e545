/** What the bytes of an SEV-SNP attestation report say. Nothing here is trusted. */
import { ByteReader, settle } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import type { SevSnpCode } from './codes.ts';
import {
  curveValueSize,
  ecdsaP384Sha384,
  firstReservedPolicyBit,
  highestVmpl,
  policyBits,
  reportSize,
  reportVersions,
  type SigningKey,
  signatureValueSize,
  signedSize,
  signingKeys,
} from './layout.ts';

/** POLICY: what the guest's owner let the host do at launch. */
export interface GuestPolicy {
  readonly abiMinor: number;
  readonly abiMajor: number;
  readonly smtAllowed: boolean;
  readonly migrationAgentAllowed: boolean;
  readonly debugAllowed: boolean;
  readonly singleSocketRequired: boolean;
  readonly cxlAllowed: boolean;
  readonly aes256XtsRequired: boolean;
  readonly raplMustBeDisabled: boolean;
  readonly ciphertextHidingRequired: boolean;
  readonly pageSwapDisabled: boolean;
}

/** CPUID family, model and stepping, extended values included (report versions 3 and later). */
export interface CpuId {
  readonly family: number;
  readonly model: number;
  readonly stepping: number;
}

/** Firmware version that a report names. */
export interface FirmwareVersion {
  readonly major: number;
  readonly minor: number;
  readonly build: number;
}

/** The fields of one report. Byte fields are views of the report's bytes, lengths as in the specification. */
export interface SnpReport {
  readonly version: number;
  readonly guestSvn: number;
  /** POLICY as it stands, 8 bytes little-endian, and decoded. */
  readonly policyBytes: Uint8Array;
  readonly policy: GuestPolicy;
  /** 16 bytes. */
  readonly familyId: Uint8Array;
  /** 16 bytes. */
  readonly imageId: Uint8Array;
  readonly vmpl: number;
  readonly signatureAlgorithm: number;
  /** TCB_VERSION fields, 8 bytes each; their layout depends on the product. */
  readonly currentTcb: Uint8Array;
  readonly reportedTcb: Uint8Array;
  readonly committedTcb: Uint8Array;
  readonly launchTcb: Uint8Array;
  /** 8 bytes little-endian. Informational: newer firmware sets bits that older specifications reserve. */
  readonly platformInfo: Uint8Array;
  readonly authorKeyEnabled: boolean;
  readonly chipKeyMasked: boolean;
  readonly signingKey: SigningKey;
  /** 64 bytes. */
  readonly reportData: Uint8Array;
  /** 48 bytes. */
  readonly measurement: Uint8Array;
  /** 32 bytes. */
  readonly hostData: Uint8Array;
  /** 48 bytes. */
  readonly idKeyDigest: Uint8Array;
  /** 48 bytes. */
  readonly authorKeyDigest: Uint8Array;
  /** 32 bytes. */
  readonly reportId: Uint8Array;
  /** 32 bytes. */
  readonly reportIdMa: Uint8Array;
  readonly cpuId: CpuId | undefined;
  /** 64 bytes; all zero when the chip key is masked. */
  readonly chipId: Uint8Array;
  readonly current: FirmwareVersion;
  readonly committed: FirmwareVersion;
}

/** A report whose structure holds, with what its verification needs. */
export interface ParsedSnpReport {
  readonly report: SnpReport;
  /** The 672 bytes that the signature covers. */
  readonly signedBytes: Uint8Array;
  /** r || s, big-endian, 48 bytes each (IEEE P1363). */
  readonly signature: Uint8Array;
}

function refuseSnp(code: SevSnpCode, where: string, why: string): never {
  refuse(code, where, why);
}

function demandZero(reader: ByteReader, size: number, field: string): void {
  const where = reader.where();
  if (reader.bytes(size, field).some((byte) => byte !== 0)) {
    refuseSnp('snp-reserved-field', where, `${field} must be zero`);
  }
}

function parsePolicy(bytes: Uint8Array, where: string): GuestPolicy {
  const value = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const bit = (position: bigint): boolean => ((value >> position) & 1n) === 1n;
  if (!bit(policyBits.reservedOne)) refuseSnp('snp-reserved-field', where, 'bit 17 of POLICY must be one');
  if (value >> firstReservedPolicyBit !== 0n) {
    refuseSnp('snp-reserved-field', where, 'the bits of POLICY above 25 must be zero');
  }
  return {
    abiMinor: Number(value & 0xffn),
    abiMajor: Number((value >> 8n) & 0xffn),
    smtAllowed: bit(policyBits.smt),
    migrationAgentAllowed: bit(policyBits.migrationAgent),
    debugAllowed: bit(policyBits.debug),
    singleSocketRequired: bit(policyBits.singleSocket),
    cxlAllowed: bit(policyBits.cxl),
    aes256XtsRequired: bit(policyBits.aes256Xts),
    raplMustBeDisabled: bit(policyBits.raplDisabled),
    ciphertextHidingRequired: bit(policyBits.ciphertextHiding),
    pageSwapDisabled: bit(policyBits.pageSwapDisabled),
  };
}

function parseKeyInfo(value: number, where: string) {
  if (value >>> 5 !== 0) refuseSnp('snp-reserved-field', where, 'the bits of KEY_INFO above 4 must be zero');
  const kind = (value >>> 2) & 7;
  if (kind !== 0 && kind !== 1) {
    refuseSnp('snp-signing-key', where, kind === 7 ? 'the report is not signed' : `signing key ${kind} is not known`);
  }
  return {
    authorKeyEnabled: (value & 1) === 1,
    chipKeyMasked: (value & 2) === 2,
    signingKey: signingKeys[kind],
  };
}

function parseFirmwareVersion(reader: ByteReader, field: string): FirmwareVersion {
  const [build, minor, major] = [reader.u8(field), reader.u8(field), reader.u8(field)];
  demandZero(reader, 1, `the byte after ${field}`);
  return { major, minor, build };
}

/** One signature value: 72 bytes little-endian to 48 bytes big-endian. */
function parseSignatureValue(reader: ByteReader, name: string): Uint8Array {
  const where = reader.where();
  const littleEndian = reader.bytes(signatureValueSize, name);
  if (littleEndian.subarray(curveValueSize).some((byte) => byte !== 0)) {
    refuseSnp('snp-signature-malformed', where, `${name} has more than 384 bits`);
  }
  const value = littleEndian.subarray(0, curveValueSize).toReversed();
  if (value.every((byte) => byte === 0)) refuseSnp('snp-signature-malformed', where, `${name} is zero`);
  return value;
}

function parseSignature(reader: ByteReader): Uint8Array {
  const signature = new Uint8Array(2 * curveValueSize);
  signature.set(parseSignatureValue(reader, 'signature r'), 0);
  signature.set(parseSignatureValue(reader, 'signature s'), curveValueSize);
  demandZero(reader, reader.remaining, 'the rest of SIGNATURE');
  return signature;
}

/** Fields in the order of the table; the version decides which of the later ones are reserved. */
function parseFields(reader: ByteReader): SnpReport {
  const versionWhere = reader.where();
  const version = reader.u32('VERSION');
  if (!reportVersions.includes(version)) {
    refuseSnp('snp-report-version', versionWhere, `version ${version} is not one of ${reportVersions.join(', ')}`);
  }
  const guestSvn = reader.u32('GUEST_SVN');
  const policyWhere = reader.where();
  const policyBytes = reader.bytes(8, 'POLICY');
  const policy = parsePolicy(policyBytes, policyWhere);
  const familyId = reader.bytes(16, 'FAMILY_ID');
  const imageId = reader.bytes(16, 'IMAGE_ID');
  const vmplWhere = reader.where();
  const vmpl = reader.u32('VMPL');
  if (vmpl > highestVmpl) refuseSnp('snp-vmpl', vmplWhere, `VMPL ${vmpl} is above ${highestVmpl}`);
  const algorithmWhere = reader.where();
  const signatureAlgorithm = reader.u32('SIGNATURE_ALGO');
  if (signatureAlgorithm !== ecdsaP384Sha384) {
    refuseSnp('snp-signature-algorithm', algorithmWhere, `signature algorithm ${signatureAlgorithm} is not 1`);
  }
  const currentTcb = reader.bytes(8, 'CURRENT_TCB');
  const platformInfo = reader.bytes(8, 'PLATFORM_INFO');
  const keyInfoWhere = reader.where();
  const keyInfo = parseKeyInfo(reader.u32('KEY_INFO'), keyInfoWhere);
  demandZero(reader, 4, 'the word after KEY_INFO');
  const reportData = reader.bytes(64, 'REPORT_DATA');
  const measurement = reader.bytes(48, 'MEASUREMENT');
  const hostData = reader.bytes(32, 'HOST_DATA');
  const idKeyDigest = reader.bytes(48, 'ID_KEY_DIGEST');
  const authorKeyDigest = reader.bytes(48, 'AUTHOR_KEY_DIGEST');
  const reportId = reader.bytes(32, 'REPORT_ID');
  const reportIdMa = reader.bytes(32, 'REPORT_ID_MA');
  const reportedTcb = reader.bytes(8, 'REPORTED_TCB');
  const cpuId =
    version >= 3
      ? { family: reader.u8('CPUID_FAM_ID'), model: reader.u8('CPUID_MOD_ID'), stepping: reader.u8('CPUID_STEP') }
      : undefined;
  demandZero(reader, version >= 3 ? 21 : 24, 'the space before CHIP_ID');
  const chipId = reader.bytes(64, 'CHIP_ID');
  const committedTcb = reader.bytes(8, 'COMMITTED_TCB');
  const current = parseFirmwareVersion(reader, 'CURRENT_BUILD, _MINOR and _MAJOR');
  const committed = parseFirmwareVersion(reader, 'COMMITTED_BUILD, _MINOR and _MAJOR');
  const launchTcb = reader.bytes(8, 'LAUNCH_TCB');
  if (version >= 5) reader.bytes(16, 'LAUNCH_MIT_VECTOR and CURRENT_MIT_VECTOR');
  demandZero(reader, reader.remaining, 'the space before SIGNATURE');
  return {
    version,
    guestSvn,
    policyBytes,
    policy,
    familyId,
    imageId,
    vmpl,
    signatureAlgorithm,
    currentTcb,
    reportedTcb,
    committedTcb,
    launchTcb,
    platformInfo,
    ...keyInfo,
    reportData,
    measurement,
    hostData,
    idKeyDigest,
    authorKeyDigest,
    reportId,
    reportIdMa,
    cpuId,
    chipId,
    current,
    committed,
  };
}

/**
 * Parses a report.
 * @param bytes 1184 bytes, as the firmware writes them
 */
export function parseSnpReport(bytes: Uint8Array): Outcome<ParsedSnpReport> {
  return settle(() => {
    if (bytes.length !== reportSize) {
      refuseSnp('snp-report-size', 'report', `${bytes.length} bytes, a report has ${reportSize}`);
    }
    const reader = new ByteReader(bytes, 'report');
    const report = parseFields(reader.section(signedSize, 'the signed part'));
    const signature = parseSignature(reader.section(reader.remaining, 'SIGNATURE'));
    return { report, signedBytes: bytes.subarray(0, signedSize), signature };
  });
}

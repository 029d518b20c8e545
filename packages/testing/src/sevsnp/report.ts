/**
 * Writes SEV-SNP attestation reports, 1184 bytes, with every field and the signature open to change.
 * Source: AMD, SEV Secure Nested Paging Firmware ABI Specification (document 56860), table ATTESTATION_REPORT.
 */
import { createHash } from 'node:crypto';
import { checkOptions, type OptionNames } from '@atesto/core';
import { type Bytes, exactly, type Field, place, u32, u64 } from '../bytes/layout.ts';
import { type KeyPair, signEcdsa } from '../x509/keys.ts';
import { type SnpProduct, type SnpTcbLevels, writeSnpTcb } from './tcb.ts';

/** Firmware version, one byte each. */
export interface SnpFirmwareVersion {
  readonly major: number;
  readonly minor: number;
  readonly build: number;
}

/** The fields of one report. Absent fields are the platform's, or zero. */
export interface SnpReportFields {
  readonly version: number;
  readonly guestSvn: number;
  /** Bit 17 is reserved and one. */
  readonly policy: bigint;
  /** Sets or clears bit 19 of the policy. */
  readonly debug: boolean;
  /** 16 bytes. */
  readonly familyId: Bytes;
  /** 16 bytes. */
  readonly imageId: Bytes;
  readonly vmpl: number;
  /** 1: ECDSA P-384 with SHA-384. */
  readonly signatureAlgorithm: number;
  readonly currentTcb: SnpTcbLevels | Bytes;
  readonly reportedTcb: SnpTcbLevels | Bytes;
  readonly committedTcb: SnpTcbLevels | Bytes;
  readonly launchTcb: SnpTcbLevels | Bytes;
  readonly platformInfo: bigint;
  readonly authorKeyEnabled: boolean;
  readonly chipKeyMasked: boolean;
  /** The three bits of KEY_INFO: 0 VCEK, 1 VLEK, 7 none. */
  readonly signingKeyNumber: number;
  /** 64 bytes. */
  readonly reportData: Bytes;
  /** 48 bytes. */
  readonly measurement: Bytes;
  /** 32 bytes. */
  readonly hostData: Bytes;
  /** 48 bytes. */
  readonly idKeyDigest: Bytes;
  /** 48 bytes. */
  readonly authorKeyDigest: Bytes;
  /** 32 bytes. */
  readonly reportId: Bytes;
  /** 32 bytes. */
  readonly reportIdMa: Bytes;
  /** Written in versions 3 and later. */
  readonly cpuId: { readonly family: number; readonly model: number; readonly stepping: number };
  /** 64 bytes. */
  readonly chipId: Bytes;
  readonly current: SnpFirmwareVersion;
  readonly committed: SnpFirmwareVersion;
  /** Mitigation vectors, written in versions 5 and later. */
  readonly launchMitigations: bigint;
  readonly currentMitigations: bigint;
}

/** What may differ from a faultless report beside its fields. */
export interface SnpSigningOptions {
  /** Signs instead of the endorsement key. */
  readonly signWith?: KeyPair;
  /** 512 bytes that stand for the signature. */
  readonly signature?: Bytes;
  /** Changes the 672 signed bytes before they are signed. */
  readonly mutateSigned?: (signed: Buffer) => Uint8Array;
  /** Last change of the whole report, after signing. */
  readonly mutate?: (report: Buffer) => Uint8Array;
}

const fieldNames: OptionNames<SnpReportFields> = {
  version: true,
  guestSvn: true,
  policy: true,
  debug: true,
  familyId: true,
  imageId: true,
  vmpl: true,
  signatureAlgorithm: true,
  currentTcb: true,
  reportedTcb: true,
  committedTcb: true,
  launchTcb: true,
  platformInfo: true,
  authorKeyEnabled: true,
  chipKeyMasked: true,
  signingKeyNumber: true,
  reportData: true,
  measurement: true,
  hostData: true,
  idKeyDigest: true,
  authorKeyDigest: true,
  reportId: true,
  reportIdMa: true,
  cpuId: true,
  chipId: true,
  current: true,
  committed: true,
  launchMitigations: true,
  currentMitigations: true,
};

/** The names of the options of signing. */
export const snpSigningOptionNames: OptionNames<SnpSigningOptions> = {
  signWith: true,
  signature: true,
  mutateSigned: true,
  mutate: true,
};

const signedBytes = 672;
const signatureBytes = 512;
const signatureValueBytes = 72;
const debugBit = 1n << 19n;

function policyOf(fields: SnpReportFields): bigint {
  return fields.debug ? fields.policy | debugBit : fields.policy & ~debugBit;
}

function keyInfo(fields: SnpReportFields): number {
  return Number(fields.authorKeyEnabled) | (Number(fields.chipKeyMasked) << 1) | (fields.signingKeyNumber << 2);
}

const firmware = ({ build, minor, major }: SnpFirmwareVersion): Buffer => Buffer.of(build, minor, major, 0);

function laterFields(fields: SnpReportFields): Field[] {
  const { version, cpuId } = fields;
  return [
    ...(version >= 3 ? [[392, Buffer.of(cpuId.family, cpuId.model, cpuId.stepping)] as const] : []),
    ...(version >= 5
      ? [[504, u64(fields.launchMitigations)] as const, [512, u64(fields.currentMitigations)] as const]
      : []),
  ];
}

function writeSigned(fields: SnpReportFields, product: SnpProduct): Buffer {
  const tcb = (value: SnpTcbLevels | Bytes) => writeSnpTcb(value, product);
  return place(signedBytes, [
    [0, u32(fields.version)],
    [4, u32(fields.guestSvn)],
    [8, u64(policyOf(fields))],
    [16, exactly(fields.familyId, 16, 'FAMILY_ID')],
    [32, exactly(fields.imageId, 16, 'IMAGE_ID')],
    [48, u32(fields.vmpl)],
    [52, u32(fields.signatureAlgorithm)],
    [56, tcb(fields.currentTcb)],
    [64, u64(fields.platformInfo)],
    [72, u32(keyInfo(fields))],
    [80, exactly(fields.reportData, 64, 'REPORT_DATA')],
    [144, exactly(fields.measurement, 48, 'MEASUREMENT')],
    [192, exactly(fields.hostData, 32, 'HOST_DATA')],
    [224, exactly(fields.idKeyDigest, 48, 'ID_KEY_DIGEST')],
    [272, exactly(fields.authorKeyDigest, 48, 'AUTHOR_KEY_DIGEST')],
    [320, exactly(fields.reportId, 32, 'REPORT_ID')],
    [352, exactly(fields.reportIdMa, 32, 'REPORT_ID_MA')],
    [384, tcb(fields.reportedTcb)],
    [416, exactly(fields.chipId, 64, 'CHIP_ID')],
    [480, tcb(fields.committedTcb)],
    [488, firmware(fields.current)],
    [492, firmware(fields.committed)],
    [496, tcb(fields.launchTcb)],
    ...laterFields(fields),
  ]);
}

/** r and s, 72 bytes each, little-endian, then zeros. */
function writeSignature(signed: Uint8Array, keys: KeyPair): Buffer {
  const raw = signEcdsa(signed, keys, 'sha384');
  const half = raw.length / 2;
  return place(signatureBytes, [
    [0, Buffer.from(raw.subarray(0, half)).reverse()],
    [signatureValueBytes, Buffer.from(raw.subarray(half)).reverse()],
  ]);
}

/** Writes and signs one report. Throws `ConfigurationError` for a field that does not exist. */
export function writeSnpReport(
  fields: SnpReportFields,
  product: SnpProduct,
  key: KeyPair,
  options: SnpSigningOptions,
): Buffer {
  checkOptions<SnpReportFields>(fields, fieldNames, 'fields');
  const plain = writeSigned(fields, product);
  const signed = options.mutateSigned?.(plain) ?? plain;
  const signature =
    options.signature === undefined
      ? writeSignature(signed, options.signWith ?? key)
      : exactly(options.signature, signatureBytes, 'SIGNATURE');
  const report = Buffer.concat([signed, signature]);
  return Buffer.from(options.mutate?.(report) ?? report);
}

const digest = (name: string): string => createHash('sha384').update(`Atesto Simulator: ${name}`).digest('hex');
const firmwareVersion: SnpFirmwareVersion = { major: 1, minor: 55, build: 40 };

/** A guest for those who name no fields: SMT allowed, no debugging; nothing of the platform. */
export const defaultGuest = {
  guestSvn: 0,
  policy: 0x30000n,
  debug: false,
  familyId: Buffer.alloc(16),
  imageId: Buffer.alloc(16),
  vmpl: 0,
  signatureAlgorithm: 1,
  platformInfo: 0x25n,
  authorKeyEnabled: false,
  chipKeyMasked: false,
  reportData: Buffer.alloc(64),
  measurement: digest('guest'),
  hostData: Buffer.alloc(32),
  idKeyDigest: Buffer.alloc(48),
  authorKeyDigest: Buffer.alloc(48),
  reportId: digest('report').slice(0, 64),
  reportIdMa: 'ff'.repeat(32),
  current: firmwareVersion,
  committed: firmwareVersion,
  launchMitigations: 0x3fn,
  currentMitigations: 0x3fn,
} as const;

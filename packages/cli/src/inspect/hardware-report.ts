/**
 * Looks into reports that only the machine that made them can check: a TDREPORT and the REPORT of an SGX enclave. Quotes are made of them.
 * Sources: Intel TDX Module ABI Reference (348551), "TDREPORT_STRUCT"; Intel SDM volume 3D, "REPORT structure".
 */
import { type Facts, type Inspector, plainMembers } from './inspection.ts';

/** Name, offset and size in bytes. */
type Field = readonly [name: string, offset: number, size: number];

const tdReportBytes = 1024;
const tdType = 0x81;
const tdReportFields: readonly Field[] = [
  ['cpuSvn', 16, 16],
  ['teeTcbInfoHash', 32, 48],
  ['teeInfoHash', 80, 48],
  ['reportData', 128, 64],
  ['mac', 224, 32],
];
const teeTcbInfoFields: readonly Field[] = [
  ['valid', 256, 8],
  ['teeTcbSvn', 264, 16],
  ['mrSeam', 280, 48],
  ['mrSignerSeam', 328, 48],
  ['seamAttributes', 376, 8],
  ['teeTcbSvn2', 384, 16],
];
const tdInfoFields: readonly Field[] = [
  ['tdAttributes', 512, 8],
  ['xfam', 520, 8],
  ['mrTd', 528, 48],
  ['mrConfigId', 576, 48],
  ['mrOwner', 624, 48],
  ['mrOwnerConfig', 672, 48],
  ['rtmr0', 720, 48],
  ['rtmr1', 768, 48],
  ['rtmr2', 816, 48],
  ['rtmr3', 864, 48],
  ['serviceTdHash', 912, 48],
];

const sgxReportBytes = 432;
const sgxReportFields: readonly Field[] = [
  ['cpuSvn', 0, 16],
  ['miscSelect', 16, 4],
  ['isvExtProdId', 32, 16],
  ['attributes', 48, 16],
  ['mrEnclave', 64, 32],
  ['mrSigner', 128, 32],
  ['configId', 192, 64],
  ['isvProdId', 256, 2],
  ['isvSvn', 258, 2],
  ['configSvn', 260, 2],
  ['isvFamilyId', 304, 16],
  ['reportData', 320, 64],
  ['keyId', 384, 32],
  ['mac', 416, 16],
];
/** Start and end of what is reserved. */
const sgxReserved = [
  [20, 32],
  [96, 128],
  [160, 192],
  [262, 304],
] as const;
const attributesOffset = 48;
/** Bits of the first byte of ATTRIBUTES. */
const [initialized, debug] = [0x01, 0x02];

const two = 2;

/** Numbers of two bytes as such, all else as bytes. */
function factsIn(bytes: Uint8Array, fields: readonly Field[]): Facts {
  const buffer = Buffer.from(bytes);
  return plainMembers(
    fields.map(([name, offset, size]) => [
      name,
      size === two ? buffer.readUInt16LE(offset) : buffer.subarray(offset, offset + size),
    ]),
  );
}

/** Whether the bytes are a TDREPORT: its length and type. */
export function isTdReport(bytes: Uint8Array): boolean {
  return bytes.length === tdReportBytes && bytes[0] === tdType && bytes[1] === 0 && bytes[3] === 0;
}

/** The fields of a TDREPORT. */
export function tdReportFacts(bytes: Uint8Array): Facts {
  return {
    version: bytes[2] ?? 0,
    ...factsIn(bytes, tdReportFields),
    teeTcbInfo: factsIn(bytes, teeTcbInfoFields),
    tdInfo: factsIn(bytes, tdInfoFields),
  };
}

/** A TD report (TDREPORT), which only its own machine can verify. */
export const tdReport: Inspector = {
  recognises: isTdReport,
  inspect: (bytes) => ({
    ok: true,
    kind: 'td-report',
    title: 'TDREPORT of a trust domain, which only its own machine can check: a quote is made of it',
    facts: tdReportFacts(bytes),
  }),
};

/** An enclave that reports is initialized, and what is reserved is zero. */
function isSgxReport(bytes: Uint8Array): boolean {
  return (
    bytes.length === sgxReportBytes &&
    ((bytes[attributesOffset] ?? 0) & initialized) !== 0 &&
    sgxReserved.every(([start, end]) => bytes.subarray(start, end).every((byte) => byte === 0))
  );
}

/** A report of an SGX enclave (REPORT), which only its own machine can verify. */
export const sgxReport: Inspector = {
  recognises: isSgxReport,
  inspect: (bytes) => ({
    ok: true,
    kind: 'sgx-report',
    title: 'REPORT of an SGX enclave, which only its own machine can check: a quote is made of it',
    facts: { ...factsIn(bytes, sgxReportFields), debug: ((bytes[attributesOffset] ?? 0) & debug) !== 0 },
  }),
};

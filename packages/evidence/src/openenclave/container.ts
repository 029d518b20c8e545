/**
 * Finds the quote in the containers of the Open Enclave SDK.
 * Source: openenclave/openenclave, `oe_report_header_t` and `oe_attestation_header_t`. Integers are little-endian.
 *
 * Report: version u32 = 1, type u32 = 2 (SGX remote), size u64, quote.
 * Evidence: version u32 = 3, format UUID 16 bytes, size u64, quote, custom claims; some senders leave out all but the UUID.
 * Evidence of version 2 has a report header in front of the quote.
 */
import { ByteReader } from '@atesto/core';
import { refuse } from '../outcome.ts';
import type { OpenEnclaveCode } from './codes.ts';

/** What a container holds. */
export interface OpenEnclaveContainer {
  readonly container: 'report' | 'evidence';
  /** The quote. In evidence without a report header its custom claims follow it here, since only the quote knows its own length. */
  readonly quote: Uint8Array;
  /** What follows the length that a report header states: padding of a report, custom claims of evidence. */
  readonly following: Uint8Array;
}

const reportVersion = 1;
const sgxRemote = 2;
const versionWithReportHeader = 2;
const evidenceVersions = [versionWithReportHeader, 3];
/** SGX ECDSA: {A3A21E87-1B4D-4014-B70A-A125D2FBCD8C}. */
const sgxEcdsa = Buffer.from('a3a21e871b4d4014b70aa125d2fbcd8c', 'hex');
const largestSize = 1n << 24n;

function refuseContainer(code: OpenEnclaveCode, where: string, why: string): never {
  refuse(code, where, why);
}

function readSize(reader: ByteReader): number {
  const where = reader.where();
  const size = reader.u64('size');
  if (size === 0n || size > largestSize || Number(size) > reader.remaining) {
    refuseContainer('oe-size', where, `the header states ${size} bytes, ${reader.remaining} follow`);
  }
  return Number(size);
}

/** The quote behind a report header: as many bytes as the header states, and what follows them. */
function parseReport(reader: ByteReader): Omit<OpenEnclaveContainer, 'container'> {
  const start = reader.where();
  const version = reader.u32('version');
  if (version !== reportVersion) refuseContainer('oe-format', start, `report header version ${version} is not 1`);
  const where = reader.where();
  const type = reader.u32('type');
  if (type !== sgxRemote) refuseContainer('oe-report-type', where, `report type ${type} is not 2 (SGX remote)`);
  const quote = reader.bytes(readSize(reader), 'quote');
  return { quote, following: reader.bytes(reader.remaining, 'rest') };
}

const startsWith = (bytes: Uint8Array, prefix: Uint8Array): boolean =>
  Buffer.compare(bytes.subarray(0, prefix.length), prefix) === 0;

const hasReportHeader = (data: Uint8Array): boolean =>
  data.length >= 4 && new ByteReader(data, 'evidence').u32('version') === reportVersion;

function parseData(data: Uint8Array, withReportHeader: boolean): OpenEnclaveContainer {
  const parts = withReportHeader
    ? parseReport(new ByteReader(data, 'evidence'))
    : { quote: data, following: new Uint8Array() };
  return { container: 'evidence', ...parts };
}

/** The container of the bytes, or undefined when they are a bare quote or something else. */
export function parseOpenEnclaveContainer(bytes: Uint8Array): OpenEnclaveContainer | undefined {
  if (bytes.length < 16) return undefined;
  const reader = new ByteReader(bytes, 'evidence');
  if (startsWith(bytes, sgxEcdsa)) {
    const data = bytes.subarray(sgxEcdsa.length);
    return parseData(data, hasReportHeader(data));
  }
  const [first = 0, second = 0] = [reader.u32('version'), reader.u32('type')];
  if (first === reportVersion) {
    return { container: 'report', ...parseReport(new ByteReader(bytes, 'evidence')) };
  }
  // A bare quote begins with its version and its attestation key type, two bytes each: never a version below 65536.
  if (!evidenceVersions.includes(first)) return undefined;
  if (bytes.length < 28 || !startsWith(bytes.subarray(4), sgxEcdsa)) {
    return refuseContainer('oe-format', 'evidence+4', `evidence format ${second.toString(16)}h… is not SGX ECDSA`);
  }
  const header = new ByteReader(bytes, 'evidence');
  header.bytes(20, 'version and format');
  const size = readSize(header);
  const data = header.bytes(size, 'data');
  header.end('evidence');
  return parseData(data, first === versionWithReportHeader);
}

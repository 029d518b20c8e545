/**
 * Parses and replays the event log of firmware and boot loaders. Nothing in a log is trusted unless it replays to quoted PCR values.
 * Source: TCG PC Client Platform Firmware Profile, section "Event Logging" (TCG_PCClientPCREvent, TCG_PCR_EVENT2, Spec ID event).
 */

import { createHash } from 'node:crypto';
import { ByteReader } from '@atesto/core';
import { type TpmHash, tpmHashes } from './algorithms.ts';
import { refuseTpm } from './attest.ts';

/** EV_NO_ACTION: events that extend no register. */
export const noAction = 0x00000003;
/** EV_EFI_HCRTM_EVENT: what a root of trust outside the firmware measured before the TPM was started. */
const hcrtmEvent = 0x80000010;
const firstRegister = 0;
const hcrtmStart = 4;
const sha1Bytes = 20;
const largestAlgorithmCount = 8;
const largestDigestBytes = 64;
const registerCount = 24;
/**
 * Registers of the dynamic root of trust start with ones; a dynamic launch, which extends the first of them, sets all of them to zeros
 * (PC Client Platform TPM Profile, "PCR Initial and Reset Values").
 */
const [firstDynamicRegister, lastDynamicRegister] = [17, 22];
/** Digest sizes by TPM_ALG_ID: SHA-1, SHA-256, SHA-384, SHA-512. */
const digestBytes = new Map([[0x0004, sha1Bytes], ...tpmHashes.map(({ id, sizeBytes }) => [id, sizeBytes] as const)]);

/** One event after the first. */
export interface LoggedEvent {
  /** PCR, 0 to 23; anything in events of no action. In the logs of confidential computing 1 to 4 stand for RTMR 0 to 3. */
  readonly register: number;
  readonly type: number;
  /** By TPM_ALG_ID; a bank may be missing. */
  readonly digests: ReadonlyMap<number, Uint8Array>;
  /** Not authenticated: only events whose digest is the hash of their data are trustworthy. */
  readonly data: Uint8Array;
}

/** A parsed log. */
export interface EventLog {
  /** TPM_ALG_ID of the digests of each event. */
  readonly algorithms: readonly number[];
  readonly events: readonly LoggedEvent[];
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`, 'latin1');
const specIdSignature = text('Spec ID Event03');
const localitySignature = text('StartupLocality');

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(0, start.length), start) === 0;
}

/** The first event, in the old layout, names the digests of all others: algorithm to size in bytes. */
function parseSpecId(reader: ByteReader): Map<number, number> {
  const where = reader.where();
  reader.u32('pcrIndex');
  const type = reader.u32('eventType');
  reader.bytes(sha1Bytes, 'digest');
  const event = reader.section(reader.u32('eventDataSize'), 'Spec ID event');
  if (type !== noAction || !startsWith(event.bytes(specIdSignature.length, 'signature'), specIdSignature)) {
    refuseTpm('tpm-event-log', where, 'the first event is not a Spec ID event: the log is not crypto-agile');
  }
  event.bytes(8, 'platformClass, version and uintnSize');
  const count = event.u32('numberOfAlgorithms');
  if (count === 0 || count > largestAlgorithmCount) {
    refuseTpm('tpm-event-log', where, `${count} digest algorithms; 1 to ${largestAlgorithmCount} are accepted`);
  }
  const sizes = new Map<number, number>();
  for (let index = 0; index < count; index += 1) {
    const algorithm = event.u16('algorithmId');
    const sizeBytes = event.u16('digestSize');
    const isPossible = (digestBytes.get(algorithm) ?? sizeBytes) === sizeBytes && sizeBytes <= largestDigestBytes;
    if (sizes.has(algorithm) || sizeBytes === 0 || !isPossible) {
      refuseTpm('tpm-event-log', where, 'an algorithm is named twice, or has an impossible size');
    }
    sizes.set(algorithm, sizeBytes);
  }
  event.bytes(event.u8('vendorInfoSize'), 'vendorInfo');
  event.end('the Spec ID event');
  return sizes;
}

function parseEvent(reader: ByteReader, sizes: ReadonlyMap<number, number>): LoggedEvent {
  const where = reader.where();
  const register = reader.u32('pcrIndex');
  const type = reader.u32('eventType');
  if (register >= registerCount && type !== noAction) {
    refuseTpm('tpm-event-log', where, `register ${register} does not exist`);
  }
  const count = reader.u32('digest count');
  const digests = new Map<number, Uint8Array>();
  // Windows extends some registers in one bank of several.
  if (count === 0 || count > sizes.size) {
    refuseTpm('tpm-event-log', where, `${count} digests, ${sizes.size} were announced`);
  }
  for (let index = 0; index < count; index += 1) {
    const algorithm = reader.u16('algorithmId');
    const sizeBytes = sizes.get(algorithm);
    if (sizeBytes === undefined || digests.has(algorithm)) {
      return refuseTpm(
        'tpm-event-log',
        where,
        `a digest of ${algorithm.toString(16)}h was not announced, or is double`,
      );
    }
    digests.set(algorithm, reader.bytes(sizeBytes, 'digest'));
  }
  return { register, type, digests, data: reader.bytes(reader.u32('eventSize'), 'event') };
}

/** Parses a crypto-agile log. The area that firmware keeps for it is larger: 00h or ffh may follow the last event. */
export function parseEventLog(bytes: Uint8Array): EventLog {
  const reader = new ByteReader(bytes, 'event log');
  const sizes = parseSpecId(reader);
  const events: LoggedEvent[] = [];
  while (!isPadding(bytes.subarray(reader.offset))) events.push(parseEvent(reader, sizes));
  return { algorithms: [...sizes.keys()], events };
}

/** No event is like it: the count of its digests is 1 to 8. Looked at from where an event would begin, so that an event may end in such bytes. */
function isPadding(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x00 || byte === 0xff);
}

/** The initial value of a register in a bank. */
export function startValue({ events }: EventLog, register: number, hash: TpmHash): Buffer {
  if (register === firstRegister) {
    const value = Buffer.alloc(hash.sizeBytes);
    value[hash.sizeBytes - 1] = startOfFirstRegister(events);
    return value;
  }
  const isDynamic = register >= firstDynamicRegister && register <= lastDynamicRegister;
  return Buffer.alloc(hash.sizeBytes, isDynamic && !hasDynamicLaunch(events) ? 0xff : 0);
}

/** Whether the log has a digest that was extended to the register in the bank: then it does not hold its start value. */
export function isExtended({ events }: EventLog, register: number, hash: TpmHash): boolean {
  return events.some((event) => event.register === register && event.type !== noAction && event.digests.has(hash.id));
}

function hasDynamicLaunch(events: readonly LoggedEvent[]): boolean {
  return events.some(({ register, type }) => register === firstDynamicRegister && type !== noAction);
}

/**
 * What the first register starts with: 4 where an H-CRTM measured before the TPM was started, else the locality at which it was started, which
 * an event of no action may tell. Source: TPM Library, Part 1: Architecture, "H-CRTM before TPM2_Startup()".
 */
function startOfFirstRegister(events: readonly LoggedEvent[]): number {
  const ofFirst = events.filter(({ register }) => register === firstRegister);
  const told = startupLocality(ofFirst);
  return ofFirst.find(({ type }) => type !== noAction)?.type === hcrtmEvent ? hcrtmStart : told;
}

function startupLocality(events: readonly LoggedEvent[]): number {
  const event = events.find(({ type, data }) => type === noAction && startsWith(data, localitySignature));
  if (event === undefined) return 0;
  const locality = event.data[localitySignature.length];
  if (event.data.length !== localitySignature.length + 1 || (locality !== 0 && locality !== 3 && locality !== 4)) {
    return refuseTpm('tpm-event-log', 'event log', 'the startup locality is not 0, 3 or 4');
  }
  return locality;
}

/**
 * The values of the registers that the log extends in a bank, by number. Events of no action extend nothing. Registers with an event without a
 * digest for the bank are left out: the log does not determine their values.
 */
export function replayEventLog(log: EventLog, hash: TpmHash): Map<number, Uint8Array> {
  if (!log.algorithms.includes(hash.id)) {
    refuseTpm('tpm-event-log-bank', 'event log', `the log has no digests of ${hash.name}`);
  }
  const registers = new Map<number, Uint8Array>();
  const untold = new Set<number>();
  for (const { register, type, digests } of log.events) {
    if (type === noAction) continue;
    const digest = digests.get(hash.id);
    if (digest === undefined) {
      untold.add(register);
      continue;
    }
    const before = registers.get(register) ?? startValue(log, register, hash);
    registers.set(register, createHash(hash.name).update(before).update(digest).digest());
  }
  for (const register of untold) registers.delete(register);
  return registers;
}

/** Checks an event log against quoted PCR values, and reads what the log then proves. */

import { createHash } from 'node:crypto';
import { ByteReader, settle } from '@atesto/core';
import type { Outcome } from '../outcome.ts';
import { type TpmHash, tpmHashOf } from './algorithms.ts';
import { refuseTpm } from './attest.ts';
import { type EventLog, isExtended, noAction, parseEventLog, replayEventLog, startValue } from './event-log.ts';
import { type PcrValues, quotedSelection, type TpmQuote } from './quote.ts';

/** PCRs that belong to the firmware: nothing extends them once the operating system runs. */
const lastFirmwarePcr = 7;
const secureBootPcr = 7;
/** What EV_SEPARATOR measures where the firmware's own part ends (Platform Firmware Profile, "EV_SEPARATOR"). */
const separators = ['00000000', 'ffffffff'];
/** What EV_SEPARATOR measures when the firmware could not measure. */
const errorSeparator = '01000000';
/** EFI_GLOBAL_VARIABLE, in the memory layout of GUIDs. */
const globalVariable = Buffer.from('61dfe48bca93d211aa0d00e098032b8c', 'hex');

/** What a replayed log proves. */
export interface MeasuredBoot {
  /** Quoted PCRs whose values the log explains, ascending. */
  readonly replayed: readonly number[];
  /** State of secure boot as the firmware measured it; undefined when the log does not contain it, or PCR 7 was not quoted. */
  readonly secureBoot: boolean | undefined;
}

/** UEFI_VARIABLE_DATA with the name SecureBoot: the one byte of its value. */
function parseSecureBoot(data: Uint8Array): Outcome<boolean | undefined> {
  return settle(() => {
    const reader = new ByteReader(data, 'event');
    const vendor = reader.bytes(16, 'VariableName');
    const nameLength = Number(reader.u64('UnicodeNameLength'));
    const dataLength = Number(reader.u64('VariableDataLength'));
    const name = Buffer.from(reader.bytes(2 * nameLength, 'UnicodeName')).toString('utf16le');
    const value = reader.bytes(dataLength, 'VariableData');
    reader.end('UEFI_VARIABLE_DATA');
    if (Buffer.compare(vendor, globalVariable) !== 0 || name !== 'SecureBoot' || value.length !== 1) return undefined;
    return value[0] === 1;
  });
}

/** Whether an event's digest ends the firmware's part of a register, and how. */
type Boundary = 'end' | 'error' | undefined;

/** By digests alone, because nothing authenticates an event's type. */
function boundaries(digestOf: (data: Uint8Array) => Buffer): (digest: Uint8Array) => Boundary {
  const ends = separators.map((data) => digestOf(Buffer.from(data, 'hex')));
  const error = digestOf(Buffer.from(errorSeparator, 'hex'));
  return (digest) => {
    if (error.equals(digest)) return 'error';
    return ends.some((end) => end.equals(digest)) ? 'end' : undefined;
  };
}

/**
 * The variable as the firmware measured it: before its separator, because what runs later can extend the register with what it likes; by
 * digests, because nothing authenticates an event's type, nor its data unless they hash to the digest.
 */
export function secureBootOf({ events }: EventLog, hash: TpmHash): boolean | undefined {
  const digestOf = (data: Uint8Array): Buffer => createHash(hash.name).update(data).digest();
  const boundaryOf = boundaries(digestOf);
  const states: boolean[] = [];
  for (const { register, type, digests, data } of events) {
    const digest = digests.get(hash.id);
    if (register !== secureBootPcr || type === noAction || digest === undefined) continue;
    const boundary = boundaryOf(digest);
    if (boundary !== undefined) return boundary === 'end' && states.length === 1 ? states[0] : undefined;
    const state = digestOf(data).equals(digest) ? parseSecureBoot(data) : undefined;
    if (state?.ok === true && state.value !== undefined) states.push(state.value);
  }
  return undefined;
}

/**
 * Checks a log against quoted values. A log without events is no log: some clients send the first event alone. PCRs above the
 * firmware's may have been extended since the log was written, so that only those of the firmware must be explained.
 * @param values as the quote signs them
 */
export function checkEventLog(bytes: Uint8Array, quote: TpmQuote, values: PcrValues): MeasuredBoot | undefined {
  const log = parseEventLog(bytes);
  if (log.events.length === 0) return undefined;
  const hash = tpmHashOf(quotedSelection(quote).algorithm);
  if (hash === undefined) return undefined;
  const registers = replayEventLog(log, hash);
  const explains = (pcr: number, value: Uint8Array): boolean => {
    const told = registers.get(pcr) ?? (isExtended(log, pcr, hash) ? undefined : startValue(log, pcr, hash));
    return told !== undefined && Buffer.compare(told, value) === 0;
  };
  const replayed = [...values].filter(([pcr, value]) => explains(pcr, value)).map(([pcr]) => pcr);
  const unexplained = [...values.keys()].find((pcr) => pcr <= lastFirmwarePcr && !replayed.includes(pcr));
  if (unexplained !== undefined) {
    refuseTpm('tpm-event-log-replay', `pcr ${unexplained}`, 'the event log does not lead to the quoted value');
  }
  return { replayed, secureBoot: replayed.includes(secureBootPcr) ? secureBootOf(log, hash) : undefined };
}

/** Reads TPM structures for inspection. Nothing is verified here. */
import { settle } from '@atesto/core';
import type { Outcome } from '../outcome.ts';
import { tpmHashes } from './algorithms.ts';
import { type EventLog, parseEventLog, replayEventLog } from './event-log.ts';
import { secureBootOf } from './measured-boot.ts';
import { type PcrValues, parseTpmQuote, type TpmQuote } from './quote.ts';

/** Reads a quote: TPMS_ATTEST of TPM2_Quote. */
export function readTpmQuote(bytes: Uint8Array): Outcome<TpmQuote> {
  return settle(() => parseTpmQuote(bytes));
}

/** A log, and the PCR values that it replays to. Only a quote proves that a TPM has these values. */
export interface ReadEventLog extends EventLog {
  /** Values of the registers that the log extends, by bank (`sha256`), then by number, ascending. SHA-1 is left out. */
  readonly registers: ReadonlyMap<string, PcrValues>;
  /** State of secure boot in the log; undefined when the log does not contain it. */
  readonly secureBoot: boolean | undefined;
}

/** Reads and replays an event log in the crypto-agile format of the TCG. */
export function readEventLog(bytes: Uint8Array): Outcome<ReadEventLog> {
  return settle(() => {
    const log = parseEventLog(bytes);
    const banks = tpmHashes.filter(({ id }) => log.algorithms.includes(id));
    const registers = banks.map((hash) => {
      const replayed = [...replayEventLog(log, hash)].sort(([one], [other]) => one - other);
      return [hash.name, new Map(replayed)] as const;
    });
    const [bank] = banks;
    const secureBoot = bank === undefined ? undefined : secureBootOf(log, bank);
    return { ...log, registers: new Map(registers), secureBoot };
  });
}

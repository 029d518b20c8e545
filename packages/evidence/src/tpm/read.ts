/** TPM structures for those who want to look at them. Nothing here is trusted. */
import { type Outcome, settle } from '../bytes/refusal.ts';
import { type EventLog, parseEventLog } from './event-log.ts';
import { parseTpmQuote, type TpmQuote } from './quote.ts';

/** Reads a quote: TPMS_ATTEST of TPM2_Quote. */
export function readTpmQuote(bytes: Uint8Array): Outcome<TpmQuote> {
  return settle(() => parseTpmQuote(bytes));
}

/** Reads an event log in the crypto-agile format of the TCG. */
export function readEventLog(bytes: Uint8Array): Outcome<EventLog> {
  return settle(() => parseEventLog(bytes));
}

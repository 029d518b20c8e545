/** What TDX evidence says. Nothing here is trusted. */
import { settle } from '@atesto/core';
import { type ParsedQuote, parseQuote } from '../intel/quote.ts';
import { type Outcome, refuse } from '../outcome.ts';
import { parseTdReportBody, type TdReportBody } from './report-body.ts';

/** Parsed TDX evidence. */
export interface ParsedTdxEvidence {
  readonly quote: ParsedQuote;
  readonly body: TdReportBody;
}

/** Parses evidence; refuses by throwing within this package. */
export function readTdxEvidence(bytes: Uint8Array): ParsedTdxEvidence {
  const quote = parseQuote(bytes);
  if (quote.teeType !== 'tdx')
    return refuse('quote-tee-type', 'quote+4', 'the quote is of an SGX enclave, not of a TDX domain');
  return { quote, body: parseTdReportBody(quote.body, quote.bodyType) };
}

/** Parses TDX evidence: a quote of version 4 or 5. */
export function parseTdxEvidence(bytes: Uint8Array): Outcome<ParsedTdxEvidence> {
  return settle(() => readTdxEvidence(bytes));
}

/** What SGX evidence says: a bare quote or one in an OpenEnclave container. Nothing here is trusted. */
import { settle } from '@atesto/core';
import { type ParsedQuote, parseQuote } from '../intel/quote.ts';
import { parseReportBody, type SgxReportBody } from '../intel/report-body.ts';
import type { OpenEnclaveClaims } from '../openenclave/claims.ts';
import { type OpenEnclaveContainer, parseOpenEnclaveContainer } from '../openenclave/container.ts';
import { type Outcome, refuse } from '../outcome.ts';

/** Parsed SGX evidence. */
export interface ParsedSgxEvidence {
  readonly quote: ParsedQuote;
  readonly body: SgxReportBody;
  readonly openEnclave: OpenEnclaveClaims | undefined;
}

/** What follows the quote are custom claims in evidence, padding elsewhere. */
function readContainer({ container, quote: bytes, following }: OpenEnclaveContainer) {
  const quote = parseQuote(bytes);
  const rest = bytes.subarray(quote.bytes.length);
  if (container === 'report') {
    const trailingBytes = rest.length + following.length;
    return { quote: { ...quote, trailingBytes }, openEnclave: { container, customClaims: new Uint8Array() } };
  }
  const customClaims = following.length > 0 ? following : rest;
  return { quote: { ...quote, trailingBytes: 0 }, openEnclave: { container, customClaims } };
}

/** Parses evidence; refuses by throwing. */
function readSgxEvidence(bytes: Uint8Array): ParsedSgxEvidence {
  const container = parseOpenEnclaveContainer(bytes);
  const { quote, openEnclave } =
    container === undefined ? { quote: parseQuote(bytes), openEnclave: undefined } : readContainer(container);
  if (quote.teeType !== 'sgx')
    return refuse('quote-tee-type', 'quote+4', 'the quote is of a TDX domain, not of an SGX enclave');
  return { quote, body: parseReportBody(quote.body, 'quote body'), openEnclave };
}

/** Parses SGX evidence: a quote of version 3, 4 or 5, an OpenEnclave report, or OpenEnclave evidence. */
export function parseSgxEvidence(bytes: Uint8Array): Outcome<ParsedSgxEvidence> {
  return settle(() => readSgxEvidence(bytes));
}

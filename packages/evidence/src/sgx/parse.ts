/** What SGX evidence says: a bare quote or one in an OpenEnclave container. Nothing here is trusted. */
import { type Outcome, refuse, settle } from '../bytes/refusal.ts';
import { type ParsedQuote, parseQuote } from '../intel/quote.ts';
import { parseReportBody, type SgxReportBody } from '../intel/report-body.ts';
import type { OpenEnclaveClaims } from '../openenclave/claims.ts';
import { type OpenEnclaveContainer, parseOpenEnclaveContainer } from '../openenclave/container.ts';

/** Parsed SGX evidence. */
export interface ParsedSgxEvidence {
  readonly quote: ParsedQuote;
  readonly body: SgxReportBody;
  readonly openEnclave: OpenEnclaveClaims | undefined;
}

/** What follows the quote are custom claims in evidence, padding elsewhere. */
function claimsOf(container: OpenEnclaveContainer, quote: ParsedQuote): OpenEnclaveClaims {
  const rest = container.quote.subarray(quote.bytes.length);
  return {
    container: container.container,
    customClaims: container.container === 'evidence' ? rest : rest.subarray(0, 0),
  };
}

/** Parses evidence; refuses by throwing within this package. */
export function readSgxEvidence(bytes: Uint8Array): ParsedSgxEvidence {
  const container = parseOpenEnclaveContainer(bytes);
  const parsed = parseQuote(container?.quote ?? bytes);
  if (parsed.teeType !== 'sgx')
    return refuse('quote-tee-type', 'quote+4', 'the quote is of a TDX domain, not of an SGX enclave');
  const openEnclave = container === undefined ? undefined : claimsOf(container, parsed);
  const quote = openEnclave?.container === 'evidence' ? { ...parsed, trailingBytes: 0 } : parsed;
  return { quote, body: parseReportBody(quote.body, 'quote body'), openEnclave };
}

/** Parses SGX evidence: a quote of version 3, 4 or 5, an OpenEnclave report, or OpenEnclave evidence. */
export function parseSgxEvidence(bytes: Uint8Array): Outcome<ParsedSgxEvidence> {
  return settle(() => readSgxEvidence(bytes));
}

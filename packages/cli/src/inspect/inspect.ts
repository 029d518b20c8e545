/** Recognizes a file: tries each known kind, the most specific first, on the bytes and on what they encode. */
import { azureGuest, hclReport } from './azure.ts';
import { certificates } from './certificates.ts';
import { intelCollateral } from './collateral.ts';
import { sgxReport, tdReport } from './hardware-report.ts';
import type { Inspection, Inspector } from './inspection.ts';
import { sgxQuote, tdxQuote } from './intel.ts';
import { intelBodies } from './intel-body.ts';
import { attestationPolicy } from './policy.ts';
import { type Reading, readingsOf } from './readings.ts';
import { revocationLists } from './revocation-list.ts';
import { snpReport } from './snp.ts';
import { attestationToken } from './token.ts';
import { eventLog, tpmQuote } from './tpm.ts';

const inspectors: readonly Inspector[] = [
  hclReport,
  tpmQuote,
  eventLog,
  snpReport,
  tdReport,
  sgxReport,
  tdxQuote,
  sgxQuote,
  azureGuest,
  intelCollateral,
  ...intelBodies,
  attestationPolicy,
  attestationToken,
  revocationLists,
  certificates,
];

/** What a file was recognized as. */
export interface Recognized extends Reading {
  readonly inspection: Inspection;
}

/** The first reading of a file that is of a known kind; undefined when nobody knows it. */
export function recognize(file: Uint8Array): Recognized | undefined {
  for (const reading of readingsOf(file)) {
    const known = inspectors.find(({ recognises }) => recognises(reading.bytes));
    if (known !== undefined) return { ...reading, inspection: known.inspect(reading.bytes) };
  }
  return undefined;
}

/** The kind and the facts; undefined when nobody knows it. */
export function inspectBytes(file: Uint8Array): Inspection | undefined {
  return recognize(file)?.inspection;
}

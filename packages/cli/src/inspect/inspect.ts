/** Recognizes a file: tries each known kind, the most specific first, and decodes hex or base64 once. */
import { azureGuest, hclReport } from './azure.ts';
import { certificates } from './certificates.ts';
import { intelCollateral } from './collateral.ts';
import { sgxReport, tdReport } from './hardware-report.ts';
import type { Inspection, Inspector } from './inspection.ts';
import { sgxQuote, tdxQuote } from './intel.ts';
import { intelBodies } from './intel-body.ts';
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
  attestationToken,
  revocationLists,
  certificates,
];

/** The kind and the facts; undefined when nobody knows it. */
export function inspectBytes(bytes: Uint8Array): Inspection | undefined {
  const known = inspectors.find(({ recognises }) => recognises(bytes));
  if (known !== undefined) return known.inspect(bytes);
  const decoded = decodedText(bytes);
  return decoded === undefined ? undefined : inspectors.find(({ recognises }) => recognises(decoded))?.inspect(decoded);
}

const hexForm = /^(?:0x)?(?:[0-9a-fA-F]{2})+$/;
const base64Form = /^[A-Za-z0-9+/_-]+={0,2}$/;

function decodedText(bytes: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(bytes).toString('latin1').replaceAll(/\s+/g, '');
  if (hexForm.test(text)) return Buffer.from(text.replace(/^0x/, ''), 'hex');
  return base64Form.test(text) ? Buffer.from(text, 'base64') : undefined;
}

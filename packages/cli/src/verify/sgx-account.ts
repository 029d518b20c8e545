/** The account of an appraisal in words. */
import { type Row, rows, type Style } from '../style.ts';
import type { SgxBodyFacts, SgxVerdict } from './sgx-verdict.ts';

/** What people read. `notes` are further sentences, such as what was not checked. */
export function sgxAccount(verdict: SgxVerdict, at: Date, notes: readonly string[], style: Style): string {
  const isValid = verdict.verdict === 'valid';
  const headline = isValid
    ? `${style.good('valid')}: the evidence is genuine at ${at.toISOString()}`
    : `${style.bad('refused')}: ${verdict.reason} ${style.faint(`[${verdict.code}]`)}`;
  const said = notes.map((note) => `  ${style.warning('note')}  ${note}\n`).join('');
  return `${headline}\n${rows([...platformRows(verdict), ...bodyRows(verdict.evidence)], style)}${said}`;
}

function platformRows({ tcbStatus, advisoryIds, collateral }: SgxVerdict): Row[] {
  const { expired, expiredRevocationLists = [], tcbEvaluationDataNumber } = collateral;
  return [
    ['TCB status', tcbStatus ?? undefined],
    ['advisories', advisoryIds.join(', ')],
    ['TCB evaluation data', tcbEvaluationDataNumber === null ? undefined : `number ${tcbEvaluationDataNumber}`],
    ['expired collateral', [...expired, ...expiredRevocationLists].join(', ')],
  ];
}

function bodyRows(evidence: SgxBodyFacts | null): Row[] {
  if (evidence === null) return [];
  return [
    ['MRENCLAVE', evidence.mrEnclave],
    ['MRSIGNER', evidence.mrSigner],
    ['product, version', `ISVPRODID ${evidence.isvProdId}, ISVSVN ${evidence.isvSvn}`],
    ['debug', evidence.debug ? 'yes: the host can read the memory of the enclave' : 'no'],
    ['report data', evidence.reportData],
  ];
}

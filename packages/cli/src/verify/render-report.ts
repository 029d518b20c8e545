/** Renders the report of an offline appraisal. */
import { printable, type Row, rows, type Style } from '../style.ts';
import type { Verdict } from './verdict.ts';

/** The verdict in one line, the facts in rows, then notes such as what was not checked. */
export function renderReport(
  { verdict, reason, code }: Verdict,
  at: Date,
  facts: readonly Row[],
  notes: readonly string[],
  style: Style,
): string {
  const headline =
    verdict === 'valid'
      ? `${style.good('valid')}: the evidence is genuine at ${at.toISOString()}`
      : `${style.bad('refused')}: ${printable(String(reason))} ${style.faint(`[${code}]`)}`;
  const noted = notes.map((note) => `  ${style.warning('note')}  ${note}\n`).join('');
  return `${headline}\n${rows(facts, style)}${noted}`;
}

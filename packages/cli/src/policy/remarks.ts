/** Tells what is wrong with a policy text: each remark with its line of the text and a mark under the place. */
import type { Remark } from '@atesto/policy';
import { printable, type Style } from '../style.ts';

/** The remarks of one text. */
export interface Remarks {
  readonly errors: readonly Remark[];
  readonly warnings: readonly Remark[];
  readonly informations: readonly Remark[];
}

/** `1 error, no warnings`; notes only when there are some. */
export function counted({ errors, warnings, informations }: Remarks): string {
  const count = (number: number, noun: string): string =>
    `${number === 0 ? 'no' : number} ${noun}${number === 1 ? '' : 's'}`;
  const notes = informations.length === 0 ? '' : `, ${count(informations.length, 'note')}`;
  return `${count(errors.length, 'error')}, ${count(warnings.length, 'warning')}${notes}`;
}

type Write = (text: string) => string;

/** All remarks in the order of the text. */
export function tellRemarks(text: string, { errors, warnings, informations }: Remarks, style: Style): string {
  const lines = text.split('\n');
  const all = [
    ...errors.map((remark) => ({ remark, kind: 'error', write: style.bad })),
    ...warnings.map((remark) => ({ remark, kind: 'warning', write: style.warning })),
    ...informations.map((remark) => ({ remark, kind: 'note', write: style.faint })),
  ];
  const ordered = all.sort((a, b) => a.remark.line - b.remark.line || a.remark.column - b.remark.column);
  return ordered.map(({ remark, kind, write }) => told(remark, kind, write, lines, style)).join('');
}

function told(remark: Remark, kind: string, write: Write, lines: readonly string[], style: Style): string {
  const { line, column, code, message, hint } = remark;
  const headline = `${write(kind)} ${line}:${column} ${printable(message)} ${style.faint(`[${code}]`)}\n`;
  const mend = hint === undefined ? '' : `  ${style.faint('hint:')} ${printable(hint)}\n`;
  return headline + excerpt(remark, lines[line - 1] ?? '', write, style) + mend;
}

/** Longer lines are cut to what surrounds the place. */
const width = 100;
const before = 40;

function excerpt({ line, column, length }: Remark, source: string, write: Write, style: Style): string {
  const start = source.length <= width || column <= width - before ? 0 : column - before;
  const shown = printable(
    source
      .slice(start, start + width)
      .replaceAll('\t', ' ')
      .trimEnd(),
  );
  const at = column - 1 - start;
  const marks = '^'.repeat(Math.max(1, Math.min(length, shown.length - at)));
  const number = String(line);
  const margin = ' '.repeat(number.length);
  return `  ${style.faint(`${number} |`)} ${shown}\n  ${style.faint(`${margin} |`)} ${' '.repeat(at)}${write(marks)}\n`;
}

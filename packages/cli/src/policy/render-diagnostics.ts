/** Renders the diagnostics of a policy: each with its line of the source and a mark under the place. */
import { attestationTypes, compilePolicy, type ReportedDiagnostic } from '@atesto/policy';
import type { Session } from '../session.ts';
import { printable, type Style } from '../style.ts';

/** The diagnostics of one policy. */
export interface Diagnostics {
  readonly errors: readonly ReportedDiagnostic[];
  readonly warnings: readonly ReportedDiagnostic[];
  readonly notes: readonly ReportedDiagnostic[];
}

/** `1 error, no warnings`; notes only when there are any. */
export function counted({ errors, warnings, notes }: Diagnostics): string {
  const count = (number: number, noun: string): string =>
    `${number === 0 ? 'no' : number} ${noun}${number === 1 ? '' : 's'}`;
  const andNotes = notes.length === 0 ? '' : `, ${count(notes.length, 'note')}`;
  return `${count(errors.length, 'error')}, ${count(warnings.length, 'warning')}${andNotes}`;
}

/** Prints the warnings of a policy on standard error; the service reports its errors. */
export function printWarnings(text: string, type: string, { err, style }: Session): void {
  const attestationType = attestationTypes.find((kind) => kind.toLowerCase() === type.toLowerCase());
  const { warnings } = compilePolicy(text, attestationType === undefined ? {} : { attestationType });
  err(renderDiagnostics(text, { errors: [], warnings, notes: [] }, style.err));
}

type Write = (text: string) => string;

/** All diagnostics in source order. */
export function renderDiagnostics(text: string, { errors, warnings, notes }: Diagnostics, style: Style): string {
  const lines = text.split('\n');
  const all = [
    ...errors.map((diagnostic) => ({ diagnostic, kind: 'error', write: style.bad })),
    ...warnings.map((diagnostic) => ({ diagnostic, kind: 'warning', write: style.warning })),
    ...notes.map((diagnostic) => ({ diagnostic, kind: 'note', write: style.faint })),
  ];
  const ordered = all.sort(
    (a, b) => a.diagnostic.line - b.diagnostic.line || a.diagnostic.column - b.diagnostic.column,
  );
  return ordered.map(({ diagnostic, kind, write }) => renderDiagnostic(diagnostic, kind, write, lines, style)).join('');
}

function renderDiagnostic(
  diagnostic: ReportedDiagnostic,
  kind: string,
  write: Write,
  lines: readonly string[],
  style: Style,
): string {
  const { line, column, code, message, hint } = diagnostic;
  const headline = `${write(kind)} ${line}:${column} ${printable(message)} ${style.faint(`[${code}]`)}\n`;
  const fix = hint === undefined ? '' : `  ${style.faint('hint:')} ${printable(hint)}\n`;
  return headline + excerpt(diagnostic, lines[line - 1] ?? '', write, style) + fix;
}

/** Longer lines are cut around the place. */
const width = 100;
const before = 40;

function excerpt({ line, column, length }: ReportedDiagnostic, source: string, write: Write, style: Style): string {
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

/** Renders the result of a policy evaluation, and maps it to an exit code. */
import { type EvaluationReport, type ReportedValue, shownValue } from '@atesto/policy';
import { type ExitCode, exitCodes } from '../session.ts';
import { printable, type Row, rows, type Style } from '../style.ts';
import { renderDiagnostics } from './render-diagnostics.ts';

/** 0 authorized, 1 not authorized or failed, 2 the policy has errors. */
export function exitCodeOf({ parse, authorized }: EvaluationReport): ExitCode {
  if (parse === 'error') return exitCodes.usage;
  return authorized ? exitCodes.ok : exitCodes.refused;
}

/** The verdict, why, and what was issued. */
export function renderVerdict(text: string, report: EvaluationReport, style: Style): string {
  return renderDiagnostics(text, report, style) + headline(report, style) + tables(report, style);
}

function headline({ parse, authorized, evaluation, explanation }: EvaluationReport, style: Style): string {
  if (parse === 'error') return `${style.bad('refused')}: the policy has errors\n`;
  if (authorized) return `${style.good('authorized')}\n`;
  const word = evaluation === 'error' ? 'failed' : 'not authorized';
  return `${style.bad(word)}: ${printable(explanation?.detail ?? '')}\n`;
}

function tables({ outgoing, properties, configuration }: EvaluationReport, style: Style): string {
  return (
    table('issued', outgoing, style) +
    table('properties', properties, style) +
    table('configuration', configuration, style)
  );
}

function table(name: string, values: Readonly<Record<string, ReportedValue>>, style: Style): string {
  const lines = Object.entries(values).map(([type, value]): Row => [printable(type), printable(shown(value))]);
  return lines.length === 0 ? '' : `${style.title(name)}\n${rows(lines, style)}`;
}

function shown(value: ReportedValue): string {
  return typeof value === 'object' ? value.map(shownValue).join(', ') : shownValue(value);
}

/** Reports one evaluation as JSON: printed by `atesto policy eval --json`, returned by `:explain`. */
import { checkOptions, writeExactJson } from '@atesto/core';
import type { Claim, ClaimValue } from './claims/claim.ts';
import { type CompileOptions, compilePolicy, programOf } from './compile.ts';
import type { Diagnostic } from './diagnostic.ts';
import { type EvaluateOptions, evaluateProgram } from './evaluate/evaluate.ts';
import type { RunWarning } from './evaluate/program.ts';
import type { Issued } from './evaluate/run.ts';
import type { PolicyRefusal } from './refusal.ts';
import { type Explanation, explainTraced } from './trace/explain.ts';
import type { TraceRule } from './trace/trace.ts';

/** One diagnostic of a report. */
export type ReportedDiagnostic = Omit<Diagnostic, 'severity'>;

/** A claim's value, or the values of several claims of one type. */
export type ReportedValue = ClaimValue | readonly ClaimValue[];

/** The diagnostics of a policy text, and its evaluation over claims. */
export interface EvaluationReport {
  readonly parse: 'ok' | 'error';
  readonly errors: readonly ReportedDiagnostic[];
  readonly warnings: readonly ReportedDiagnostic[];
  readonly notes: readonly ReportedDiagnostic[];
  /** Also `error` when the text has errors. */
  readonly evaluation: 'ok' | 'error';
  /** Why the evaluation failed. */
  readonly refusal?: PolicyRefusal;
  readonly authorized: boolean;
  readonly outgoing: Readonly<Record<string, ReportedValue>>;
  readonly properties: Readonly<Record<string, ClaimValue>>;
  readonly configuration: Readonly<Record<string, ClaimValue>>;
  /** Why it was refused; absent when it was authorized or the text has errors. */
  readonly explanation?: Explanation;
  readonly trace: readonly TraceRule[];
}

/** Options of a report. */
export type ReportOptions = Pick<CompileOptions, 'attestationType'> & Pick<EvaluateOptions, 'configurationClaims'>;

/** Compiles and evaluates a policy, with a trace. Throws `ConfigurationError` for wrong options alone. */
export function evaluationReport(
  text: string,
  claims: readonly Claim[],
  options: ReportOptions = {},
): EvaluationReport {
  checkOptions(options, { attestationType: true, configurationClaims: true }, 'options');
  const { attestationType, ...known } = options;
  const compiled = compilePolicy(text, attestationType === undefined ? {} : { attestationType });
  const diagnostics = {
    errors: compiled.errors.map(reported),
    warnings: compiled.warnings.map(reported),
    notes: compiled.notes.map(reported),
  };
  const nothing = { authorized: false, outgoing: {}, properties: {}, configuration: {} };
  if (!compiled.ok) return { parse: 'error', ...diagnostics, evaluation: 'error', ...nothing, trace: [] };
  const verdict = evaluateProgram(programOf(compiled.value), claims, { ...known, trace: true });
  const explanation = explainTraced(verdict);
  const explained = explanation === undefined ? {} : { explanation };
  if (verdict.decision === 'failed') {
    const { refusal, trace } = verdict;
    return { parse: 'ok', ...diagnostics, evaluation: 'error', refusal, ...nothing, ...explained, trace };
  }
  return {
    parse: 'ok',
    ...diagnostics,
    warnings: [...diagnostics.warnings, ...verdict.warnings.map(diagnosticOfRun)],
    evaluation: 'ok',
    authorized: verdict.decision === 'permitted',
    outgoing: Object.fromEntries(verdict.outgoing.map((issued) => [issued.type, issuedValue(issued)])),
    properties: Object.fromEntries(verdict.properties),
    configuration: Object.fromEntries(verdict.configuration),
    ...explained,
    trace: verdict.trace,
  };
}

function reported({ severity: _severity, ...diagnostic }: Diagnostic): ReportedDiagnostic {
  return diagnostic;
}

function diagnosticOfRun({ rule, message }: RunWarning): ReportedDiagnostic {
  const { line, column, length } = rule.tree;
  return { code: 'property-unknown', line, column, length, message };
}

/** A single value, or a list of several, as in tokens. */
export function issuedValue({ values }: Issued): ReportedValue {
  const [value] = values;
  return value !== undefined && values.length === 1 ? value : values;
}

/** The JSON text of a report or a part of it; integers are exact. `indent`: spaces per level; 0 writes one line. */
export function reportJson(report: unknown, indent = 2): string {
  return writeExactJson(report, indent);
}

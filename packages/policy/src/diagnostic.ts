/** Diagnostics of a policy text: errors, warnings and lints, each with its place and, where possible, a fix. */
import type { PolicyCode } from './codes.ts';
import { limits } from './limits.ts';

/** An `error` refuses the policy; a `warning` reports a form that other services may refuse; a `note` is a lint. */
export type Severity = 'error' | 'warning' | 'note';

/** A place in a policy text. Lines and columns count from 1, columns, offset and length in UTF-16 units. */
export interface Span {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** One diagnostic of a policy text. */
export interface Diagnostic {
  readonly severity: Severity;
  /** Stable, kebab-case; see `policyCodes`. */
  readonly code: PolicyCode;
  readonly line: number;
  readonly column: number;
  /** UTF-16 units from the column on; 0 at the end of the text. */
  readonly length: number;
  /** One sentence: what is wrong. */
  readonly message: string;
  /** One sentence: how to fix it. */
  readonly hint?: string;
}

/** Thrown to stop reading a text with too many errors; the errors so far are reported. */
export class TooManyErrors extends Error {
  constructor() {
    super('the text has too many errors');
    this.name = 'TooManyErrors';
  }
}

/** Runs a reader; undefined when it stopped because of too many errors. */
export function readUntilTooMany<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TooManyErrors) return undefined;
    throw error;
  }
}

/** Collects the diagnostics of one text: at most `limits.diagnostics` of each severity. */
export class Diagnostics {
  readonly #found: (Diagnostic & { readonly offset: number })[] = [];
  readonly #counts: Record<Severity, number> = { error: 0, warning: 0, note: 0 };

  get errorCount(): number {
    return this.#counts.error;
  }

  /** Whether another diagnostic would be kept; if not, callers need not compute its message. */
  hasRoom(severity: Severity): boolean {
    return this.#counts[severity] < limits.diagnostics;
  }

  /** Throws `TooManyErrors` from {@link limits.diagnostics} errors on. */
  error(code: PolicyCode, at: Span, message: string, hint?: string): void {
    if (!this.hasRoom('error')) {
      const end = `There are more than ${limits.diagnostics} errors; the rest of the text was not read.`;
      this.#push('error', 'limit-errors', at, end, 'Fix these errors, then check again.');
      throw new TooManyErrors();
    }
    this.#add('error', code, at, message, hint);
  }

  warn(code: PolicyCode, at: Span, message: string, hint?: string): void {
    this.#add('warning', code, at, message, hint);
  }

  note(code: PolicyCode, at: Span, message: string, hint?: string): void {
    this.#add('note', code, at, message, hint);
  }

  /** All diagnostics by position; `strict` turns warnings into errors. */
  sorted(strict: boolean): Diagnostic[] {
    const ordered = [...this.#found].sort((a, b) => a.offset - b.offset);
    return ordered.map(({ offset: _offset, ...diagnostic }) =>
      strict && diagnostic.severity === 'warning' ? { ...diagnostic, severity: 'error' } : diagnostic,
    );
  }

  #add(severity: Severity, code: PolicyCode, at: Span, message: string, hint: string | undefined): void {
    if (!this.hasRoom(severity)) return;
    this.#counts[severity]++;
    this.#push(severity, code, at, message, hint);
  }

  #push(severity: Severity, code: PolicyCode, at: Span, message: string, hint: string | undefined): void {
    const { offset, line, column, length } = at;
    const diagnostic = { severity, code, line, column, length, message, offset };
    this.#found.push(hint === undefined ? diagnostic : { ...diagnostic, hint });
  }
}

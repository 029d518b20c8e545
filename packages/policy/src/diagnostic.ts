/** What is said about a policy text: errors, warnings and informations, each with its place and, where possible, its mend. */
import type { PolicyCode } from './codes.ts';
import { limits } from './limits.ts';

/** Errors refuse the policy; warnings tell of forms that other services may refuse; informations are lints. */
export type Severity = 'error' | 'warning' | 'information';

/** A place in a policy text. Lines and columns count from 1, columns, offset and length in UTF-16 units. */
export interface Span {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** One remark about a policy text. */
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
  /** One sentence: how to mend it. */
  readonly hint?: string;
}

/** Ends the reading of a text that has too many errors; what is wrong so far has been reported. */
export class TooManyErrors extends Error {
  constructor() {
    super('the text has too many errors');
    this.name = 'TooManyErrors';
  }
}

/** Reads a text as far as that has a point; undefined: it had too many errors. */
export function readUntilTooMany<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TooManyErrors) return undefined;
    throw error;
  }
}

/** Collects the remarks about one text: `limits.diagnostics` of each severity. */
export class Diagnostics {
  readonly #found: (Diagnostic & { readonly offset: number })[] = [];
  readonly #counts: Record<Severity, number> = { error: 0, warning: 0, information: 0 };

  get errorCount(): number {
    return this.#counts.error;
  }

  /** Whether a further warning, or information, would be told: what it costs to find its words can be saved otherwise. */
  hasRoom(severity: Severity): boolean {
    return this.#counts[severity] < limits.diagnostics;
  }

  /** Throws `TooManyErrors` from {@link limits.diagnostics} errors on. */
  error(code: PolicyCode, at: Span, message: string, hint?: string): void {
    if (!this.hasRoom('error')) {
      const end = `There are more than ${limits.diagnostics} errors: the text is read no further.`;
      this.#push('error', 'limit-errors', at, end, 'Mend those before, and check again.');
      throw new TooManyErrors();
    }
    this.#add('error', code, at, message, hint);
  }

  warn(code: PolicyCode, at: Span, message: string, hint?: string): void {
    this.#add('warning', code, at, message, hint);
  }

  inform(code: PolicyCode, at: Span, message: string, hint?: string): void {
    this.#add('information', code, at, message, hint);
  }

  /** All remarks by position; `strict` turns the warnings into errors. */
  sorted(strict: boolean): Diagnostic[] {
    const ordered = [...this.#found].sort((a, b) => a.offset - b.offset);
    return ordered.map(({ offset: _offset, ...remark }) =>
      strict && remark.severity === 'warning' ? { ...remark, severity: 'error' } : remark,
    );
  }

  #add(severity: Severity, code: PolicyCode, at: Span, message: string, hint: string | undefined): void {
    if (!this.hasRoom(severity)) return;
    this.#counts[severity]++;
    this.#push(severity, code, at, message, hint);
  }

  #push(severity: Severity, code: PolicyCode, at: Span, message: string, hint: string | undefined): void {
    const { offset, line, column, length } = at;
    const remark = { severity, code, line, column, length, message, offset };
    this.#found.push(hint === undefined ? remark : { ...remark, hint });
  }
}

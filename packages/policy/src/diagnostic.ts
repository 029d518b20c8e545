/** What is said about a policy text: errors, warnings and informations, each with its place and, where possible, its mend. */
import type { PolicyCode } from './codes.ts';

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

/** Collects the remarks about one text. */
export class Diagnostics {
  readonly #found: (Diagnostic & { readonly offset: number })[] = [];
  errorCount = 0;

  error(code: PolicyCode, at: Span, message: string, hint?: string): void {
    this.errorCount++;
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
    const { offset, line, column, length } = at;
    const remark = { severity, code, line, column, length, message, offset };
    this.#found.push(hint === undefined ? remark : { ...remark, hint });
  }
}

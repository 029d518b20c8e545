/** Reads the tokens of a policy in order and reports unexpected ones. */
import type { PolicyCode } from '../codes.ts';
import type { Diagnostics, Span } from '../diagnostic.ts';
import type { Name } from './ast.ts';
import type { Token } from './token.ts';
import { lookUp, sectionNames } from './vocabulary.ts';

/** Thrown to abandon the current construct, after its error is reported. */
export class SyntaxStop extends Error {
  constructor() {
    super('the construct cannot be read further');
    this.name = 'SyntaxStop';
  }
}

/** A place among the tokens, with the reports of what does not fit there. */
export class Cursor {
  readonly diagnostics: Diagnostics;
  readonly #tokens: readonly Token[];
  readonly #end: Token;
  #index = 0;

  constructor(tokens: readonly Token[], diagnostics: Diagnostics) {
    const end = tokens.at(-1);
    if (end === undefined) throw new TypeError('a token list ends with the end token');
    this.#tokens = tokens;
    this.#end = end;
    this.diagnostics = diagnostics;
  }

  get token(): Token {
    return this.peek(0);
  }

  get atEnd(): boolean {
    return this.token.kind === 'end';
  }

  peek(ahead: number): Token {
    return this.#tokens[this.#index + ahead] ?? this.#end;
  }

  get previous(): Token {
    return this.#tokens[this.#index - 1] ?? this.token;
  }

  advance(): Token {
    const { token } = this;
    if (this.#index < this.#tokens.length) this.#index++;
    return token;
  }

  /** Whether the token `ahead` is this operator. */
  sees(operator: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'operator' && token.text === operator;
  }

  take(operator: string): boolean {
    if (!this.sees(operator)) return false;
    this.#index++;
    return true;
  }

  expect(operator: string, hint?: string): Token {
    if (this.sees(operator)) return this.advance();
    return this.unexpected(`"${operator}"`, hint);
  }

  expectName(what: string): Name {
    if (this.token.kind !== 'word') this.unexpected(what);
    return this.advance();
  }

  /** Whether a section starts here: its name and an opening brace. */
  seesSection(): boolean {
    return this.token.kind === 'word' && this.sees('{', 1) && lookUp(sectionNames, this.token.text) !== undefined;
  }

  /** Reports the current token, unless already reported, and abandons the construct. */
  unexpected(expected: string, hint?: string): never {
    const { token } = this;
    if (token.kind === 'bad' || token.kind === 'placeholder') throw new SyntaxStop();
    const found = token.kind === 'end' ? 'the text ends' : `${clip(token.text)} stands`;
    return this.stop('unexpected-token', token, `Expected ${expected}, but ${found} here.`, hint);
  }

  /** Reports an error and abandons the construct. */
  stop(code: PolicyCode, at: Span, message: string, hint?: string): never {
    this.diagnostics.error(code, at, message, hint);
    throw new SyntaxStop();
  }

  /** From the first token to the last one that was read. */
  span(first: Span): Span {
    const { offset, line, column } = first;
    const last = this.previous;
    return { offset, line, column, length: Math.max(last.offset + last.length - offset, first.length) };
  }
}

/** An excerpt of the text for a message: short, on one line. */
export function clip(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= 40 ? line : `${line.slice(0, 40)}…`;
}

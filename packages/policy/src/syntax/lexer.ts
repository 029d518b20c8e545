/** Splits policy text into tokens (policy language, section 1). Never throws: invalid text becomes a `bad` token. */
import type { Diagnostics, Span } from '../diagnostic.ts';
import { readString } from './string-token.ts';
import type { Comment, Token, TokenKind } from './token.ts';

const operators = [
  '==',
  '=>',
  '=',
  '!=',
  '!',
  '<=',
  '<',
  '>=',
  '>',
  '&&',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  ',',
  ';',
  ':',
  '.',
];
const foreign: Readonly<Record<string, string>> = {
  '||': 'write two rules: each permits or issues on its own',
  '=~': 'patterns are not part of the language; compare with ==, or use JmesPath',
  '!~': 'patterns are not part of the language; compare with !=, or use JmesPath',
  '&': 'write &&',
  '|': 'write two rules: each permits or issues on its own',
  '->': 'write => before the action',
  '#': 'comments begin with //',
  '@': 'rules have no names and no attributes',
  "'": 'strings stand in double quotes',
};
const placeholder = /<[A-Za-z][\w -]*>/y;
const integer = /-?(?:0[xX][0-9A-Fa-f]+|[0-9]+)/y;
const word = /[A-Za-z_]\w*/y;
const wordTail = /\w*/y;
const typographic = /[\u2018-\u201F]/;
const noComments: readonly Comment[] = [];
const least = -(2n ** 63n);
const greatest = 2n ** 63n - 1n;

/** Splits a policy text; the last token is always `end`. */
export function tokenize(text: string, diagnostics: Diagnostics): Token[] {
  return new Lexer(text, diagnostics).run();
}

class Lexer {
  readonly #text: string;
  readonly #diagnostics: Diagnostics;
  readonly #tokens: Token[] = [];
  #comments: Comment[] = [];
  #position = 0;
  #line = 1;
  #lineStart = 0;
  /** The line on which the previous token or comment ended. */
  #occupiedLine = 0;

  constructor(text: string, diagnostics: Diagnostics) {
    this.#text = text;
    this.#diagnostics = diagnostics;
    if (text.charCodeAt(0) === 0xfeff) {
      this.#position = 1;
      this.#lineStart = 1;
    }
  }

  run(): Token[] {
    const text = this.#text;
    while (this.#position < text.length) {
      const code = text.charCodeAt(this.#position);
      if (code === 0x0a) this.#newLine(this.#position++);
      else if (code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0c) this.#position++;
      else if (code === 0x2f && text[this.#position + 1] === '/') this.#lineComment();
      else if (code === 0x2f && text[this.#position + 1] === '*') this.#blockComment();
      else this.#token(code);
    }
    this.#push('end', this.#spanTo(text.length), undefined);
    return this.#tokens;
  }

  #token(code: number): void {
    if (isWordStart(code)) {
      this.#push('word', this.#match(word) ?? this.#spanTo(this.#position + 1), undefined);
      return;
    }
    if (code === 0x22) {
      this.#string();
      return;
    }
    if (isDigit(code) || (code === 0x2d && isDigit(this.#text.charCodeAt(this.#position + 1)))) {
      this.#integer();
      return;
    }
    this.#operator(code);
  }

  #operator(code: number): void {
    const two = this.#text.substr(this.#position, 2);
    if (code === 0x3c) {
      const span = this.#match(placeholder);
      if (span !== undefined) {
        this.#placeholder(span);
        return;
      }
    }
    const one = two[0] ?? '';
    if (foreign[two] === undefined) {
      const known = operators.includes(two) ? two : operators.includes(one) ? one : undefined;
      if (known !== undefined) {
        this.#push('operator', this.#spanTo(this.#position + known.length), undefined);
        return;
      }
    }
    this.#unknown(foreign[two] === undefined ? one : two);
  }

  #placeholder(span: Span): void {
    const name = this.#text.substr(span.offset, span.length);
    this.#diagnostics.error(
      'placeholder',
      span,
      `A placeholder is still in the text: ${name}.`,
      'Put the value in its place.',
    );
    this.#push('placeholder', span, undefined);
  }

  #unknown(found: string): void {
    const text = this.#text;
    const start = this.#position;
    if (typographic.test(found)) {
      const rest = /[\u2018-\u201F"]|\r?\n/.exec(text.slice(start + 1));
      const closed = rest !== null && !rest[0].endsWith('\n');
      const end = closed ? start + 1 + rest.index + 1 : start + 1;
      const span = this.#spanTo(end);
      this.#diagnostics.error(
        'typographic-quote',
        span,
        `${describe(found)} is a typographic quote.`,
        'Write " instead.',
      );
      this.#push(closed ? 'placeholder' : 'bad', span, undefined);
      return;
    }
    const point = text.codePointAt(start) ?? 0;
    const hint = foreign[found];
    const length = hint === undefined ? String.fromCodePoint(point).length : found.length;
    const span = this.#spanTo(start + length);
    const shown = hint === undefined ? describe(String.fromCodePoint(point)) : `"${found}"`;
    this.#diagnostics.error(
      hint === undefined ? 'unknown-character' : 'foreign-syntax',
      span,
      `${shown} is not part of the policy language.`,
      hint === undefined ? undefined : `${hint[0]?.toUpperCase()}${hint.slice(1)}.`,
    );
    this.#push('bad', span, undefined);
  }

  #string(): void {
    const { end, value, kept } = readString(this.#text, this.#position);
    if (value === undefined) {
      const quote = typographic.exec(this.#text.slice(this.#position, end));
      const hint =
        quote === null ? 'Write " at its end, on the same line.' : `Write " instead of ${describe(quote[0])}.`;
      const span = this.#spanTo(end);
      this.#diagnostics.error('unterminated-string', span, 'The string is not closed on its line.', hint);
      this.#push('bad', span, undefined);
      return;
    }
    for (const offset of kept) {
      const pair = this.#text.substr(offset, 2);
      const span = { offset, line: this.#line, column: offset - this.#lineStart + 1, length: 2 };
      this.#diagnostics.warn(
        'kept-backslash',
        span,
        `${pair} is no escape: the backslash stands for itself.`,
        'Write \\\\ for a backslash.',
      );
    }
    this.#push('string', this.#spanTo(end), value);
  }

  #integer(): void {
    const span = this.#match(integer);
    if (span === undefined) {
      this.#unknown('-');
      return;
    }
    wordTail.lastIndex = span.offset + span.length;
    const tail = wordTail.exec(this.#text)?.[0] ?? '';
    const digits = this.#text.substr(span.offset, span.length);
    if (tail !== '') {
      const whole = { ...span, length: span.length + tail.length };
      this.#diagnostics.error(
        'malformed-integer',
        whole,
        `${digits}${tail} is not an integer.`,
        'Text stands in double quotes.',
      );
      this.#push('placeholder', whole, undefined);
      return;
    }
    const value = integerOf(digits);
    if (value === undefined || value < least || value > greatest) {
      this.#diagnostics.error('integer-range', span, 'The integer is outside -2^63 … 2^63-1.');
      this.#push('placeholder', span, undefined);
      return;
    }
    this.#push('integer', span, value);
  }

  #lineComment(): void {
    const end = this.#text.indexOf('\n', this.#position);
    let stop = end === -1 ? this.#text.length : end;
    if (this.#text[stop - 1] === '\r') stop--;
    this.#comment(stop);
  }

  #blockComment(): void {
    const end = this.#text.indexOf('*/', this.#position + 2);
    if (end === -1) {
      const span = { ...this.#spanTo(this.#position), length: 2 };
      this.#diagnostics.error('unterminated-comment', span, 'The comment is not closed.', 'Write */ at its end.');
      this.#skipTo(this.#text.length);
      return;
    }
    this.#comment(end + 2);
  }

  #comment(end: number): void {
    const start = this.#position;
    const span = this.#spanTo(end);
    const text = this.#text.slice(start, end);
    if (text.includes('=>') && text.includes(':[')) {
      const message = 'This comment holds what looks like a rule; it has no effect.';
      this.#diagnostics.note('commented-rule', span, message);
    }
    this.#comments.push({ ...span, text, trailing: this.#occupiedLine === this.#line });
    this.#skipTo(end);
    this.#occupiedLine = this.#line;
  }

  /** Skips text that may contain line ends. */
  #skipTo(end: number): void {
    for (; this.#position < end; this.#position++) {
      if (this.#text.charCodeAt(this.#position) === 0x0a) this.#newLine(this.#position);
    }
  }

  #newLine(offset: number): void {
    this.#line++;
    this.#lineStart = offset + 1;
  }

  #match(pattern: RegExp): Span | undefined {
    pattern.lastIndex = this.#position;
    return pattern.test(this.#text) ? this.#spanTo(pattern.lastIndex) : undefined;
  }

  #spanTo(end: number): Span {
    const offset = this.#position;
    return { offset, line: this.#line, column: offset - this.#lineStart + 1, length: end - offset };
  }

  #push(kind: TokenKind, span: Span, value: string | bigint | undefined): void {
    const { offset, line, column, length } = span;
    const comments = this.#comments.length === 0 ? noComments : this.#comments;
    this.#tokens.push({ kind, offset, line, column, length, text: this.#text.substr(offset, length), value, comments });
    if (this.#comments.length > 0) this.#comments = [];
    this.#position = offset + length;
    this.#occupiedLine = line;
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isWordStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

/** The value of the digits; undefined beyond 64 bits. */
function integerOf(digits: string): bigint | undefined {
  const negative = digits.startsWith('-');
  const magnitude = negative ? digits.slice(1) : digits;
  const significant = magnitude.replace(/^(0[xX])?0*/, '');
  if (significant.length > 19) return undefined;
  const value = BigInt(/^0[xX]/.test(magnitude) ? magnitude : `${significant}` || '0');
  return negative ? -value : value;
}

/** A character for a message: itself if printable, and its code point. */
function describe(character: string): string {
  const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /[\p{C}\p{Z}]/u.test(character) ? `U+${point}` : `${character} (U+${point})`;
}

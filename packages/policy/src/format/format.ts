/** Formats a policy: same meaning, comments kept, one layout (policy language, sections 1 and 2). */
import { type Diagnostic, Diagnostics, readUntilTooMany } from '../diagnostic.ts';
import { type PolicyOutcome, refusalOf } from '../refusal.ts';
import { tokenize } from '../syntax/lexer.ts';
import { parsePolicy } from '../syntax/parser.ts';
import type { Token } from '../syntax/token.ts';
import { type Gap, Page } from './page.ts';
import { textOf } from './token-text.ts';

/** The formatted text, or the errors of the text. */
export type FormatOutcome = PolicyOutcome<string> & {
  /** Empty unless the text was refused. */
  readonly errors: readonly Diagnostic[];
};

const width = 120;
const ruleIndent = '  ';
const stepIndent = '    ';

/**
 * Formats a policy text. Lines end with LF, rules are indented by two spaces; a rule is on one line if it fits into 120 columns and
 * has no comment. Fixes single `=` in tests and missing or stray semicolons. Formatting changes the hash of a policy.
 *
 * @returns `ok: false` with the errors when the text does not parse; unknown identifiers and similar errors do not matter
 */
export function formatPolicy(text: string): FormatOutcome {
  const diagnostics = new Diagnostics();
  readUntilTooMany(() => parsePolicy(text, diagnostics));
  const errors = diagnostics.sorted(false).filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first !== undefined) return { ok: false, refusal: refusalOf(first), errors };
  return { ok: true, value: new Formatter(tokenize(text, new Diagnostics())).run(), errors };
}

class Formatter {
  readonly #page = new Page();
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  run(): string {
    this.#statement();
    while (!this.#atEnd) {
      if (this.#sees(';')) this.#drop();
      else this.#section();
    }
    this.#drop();
    this.#page.comments('', 'may');
    return this.#page.text();
  }

  /** `version=1.2;` */
  #statement(): void {
    const tokens = this.#takeWhile(() => !this.#sees(';'));
    tokens.push(this.#take());
    this.#page.hold(first(tokens));
    this.#page.lift(tokens.slice(1));
    this.#page.write('', textOf(tokens), tokens, 'may');
  }

  #section(): void {
    const name = this.#take();
    const brace = this.#take();
    this.#page.hold(name);
    this.#page.write('', `${textOf([name])} {`, [name], 'must');
    this.#page.hold(brace);
    let gap: Gap = 'none';
    while (!this.#sees('}')) {
      if (this.#sees(';')) this.#drop();
      else {
        this.#rule(gap);
        gap = 'may';
      }
    }
    const end = this.#take();
    this.#page.hold(end);
    this.#page.comments(ruleIndent, gap);
    this.#page.write('', '};', [end], 'none');
    if (this.#sees(';')) this.#drop();
  }

  #rule(gap: Gap): void {
    const steps = this.#steps();
    const whole = steps.flat();
    const broken = steps.slice(1).some((step) => step.some((token) => token.comments.length > 0));
    const line = `${steps.map(textOf).join(' ')};`;
    if (!broken && ruleIndent.length + line.length <= width) {
      this.#page.hold(first(whole));
      this.#page.lift(whole.slice(1));
      this.#page.write(ruleIndent, line, whole, gap);
    } else this.#brokenRule(steps, gap);
    if (this.#sees(';')) this.#drop();
  }

  #brokenRule(steps: readonly (readonly Token[])[], gap: Gap): void {
    for (const [index, step] of steps.entries()) {
      this.#page.hold(first(step));
      this.#page.lift(step.slice(1));
      const end = index === steps.length - 1 ? ';' : '';
      const isFirst = index === 0;
      this.#page.write(isFirst ? ruleIndent : stepIndent, textOf(step) + end, step, isFirst ? gap : 'none');
    }
  }

  /** The conditions and the action of a rule, each with the operator before it. */
  #steps(): Token[][] {
    const steps: Token[][] = [];
    while (!this.#sees('=>')) {
      const step = this.#takeWhile(() => !this.#sees(']'));
      step.push(this.#take());
      steps.push(step);
    }
    const action = this.#takeWhile(() => !this.#sees('('));
    let depth = 0;
    do {
      const token = this.#take();
      if (token.kind === 'operator') depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
      action.push(token);
    } while (depth > 0);
    steps.push(action);
    return steps;
  }

  /** Skips a token that the formatted text omits or writes anyway. */
  #drop(): void {
    this.#page.hold(this.#take());
  }

  #takeWhile(more: () => boolean): Token[] {
    const tokens: Token[] = [];
    while (more()) tokens.push(this.#take());
    return tokens;
  }

  #take(): Token {
    const token = this.#tokens[this.#index++];
    if (token === undefined) throw new TypeError('a text without errors ends where its grammar ends');
    return token;
  }

  #sees(operator: string): boolean {
    const token = this.#tokens[this.#index];
    return token?.kind === 'operator' && token.text === operator;
  }

  get #atEnd(): boolean {
    return this.#tokens[this.#index]?.kind === 'end';
  }
}

function first(tokens: readonly Token[]): Token {
  const [token] = tokens;
  if (token === undefined) throw new TypeError('a construct has tokens');
  return token;
}

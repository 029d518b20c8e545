/** Collects the lines of a formatted policy. Comments are held back until the line that they precede is written. */
import type { Comment, Token } from '../syntax/token.ts';

interface Waiting extends Comment {
  /** Whether it gets its own line although it followed other text. */
  readonly moved: boolean;
}

/** Collects the lines of the formatted text, with comments in their places. */
export class Page {
  readonly #lines: string[] = [];
  #waiting: Waiting[] = [];
  /** The last source line of what is already written. */
  #sourceLine = 0;
  /** Whether the last line ends with a comment, so that nothing may follow on it. */
  #isClosed = false;

  /** The comments before a token that begins a line, or that is not written at all. */
  hold(token: Token): void {
    for (const comment of token.comments) this.#waiting.push({ ...comment, moved: false });
  }

  /** The comments before a token in the middle of the line that is written next: they go above it. */
  lift(tokens: readonly Token[]): void {
    for (const token of tokens) for (const comment of token.comments) this.#waiting.push({ ...comment, moved: true });
  }

  /** Writes the pending comments, then a line. `gap`: empty lines before it. */
  write(indent: string, text: string, tokens: readonly Token[], gap: Gap): void {
    const [first] = tokens;
    const last = tokens.at(-1);
    const rest = this.comments(indent, gap);
    if (first !== undefined) this.#space(rest, first.line);
    this.#lines.push(indent + text);
    this.#isClosed = false;
    if (last !== undefined) this.#sourceLine = last.line;
  }

  /** Writes the pending comments; returns the gap before the next line. */
  comments(indent: string, gap: Gap): Gap {
    let rest = gap;
    for (const comment of this.#waiting) {
      const text = comment.text.replaceAll('\r\n', '\n').trimEnd();
      if (comment.trailing && !comment.moved && this.#lines.length > 0 && !this.#isClosed) {
        this.#lines.push(`${this.#lines.pop() ?? ''} ${text}`);
      } else {
        this.#space(comment.moved && rest === 'may' ? 'none' : rest, comment.line);
        this.#lines.push(indent + text);
        rest = 'may';
      }
      this.#isClosed = text.startsWith('//');
      this.#sourceLine = comment.line + comment.text.split('\n').length - 1;
    }
    if (this.#waiting.some((comment) => comment.moved)) rest = rest === 'may' ? 'none' : rest;
    this.#waiting = [];
    return rest;
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  #space(gap: Gap, line: number): void {
    if (this.#lines.length === 0 || gap === 'none') return;
    if (gap === 'must' || line > this.#sourceLine + 1) this.#lines.push('');
  }
}

/** Empty lines before a line: as in the source, one, or none. */
export type Gap = 'may' | 'must' | 'none';

/** The tokens of a policy text (policy language, section 1). */
import type { Span } from '../diagnostic.ts';

/** A comment of either form, to the end of the line or between its marks. */
export interface Comment extends Span {
  /** As written, including its slashes. */
  readonly text: string;
  /** Whether other text precedes it on its line. */
  readonly trailing: boolean;
}

/** `bad` and `placeholder` are already reported: `bad` is never valid, `placeholder` (`<product-id>`, `12ab`) replaces a value. */
export type TokenKind = 'word' | 'string' | 'integer' | 'operator' | 'bad' | 'placeholder' | 'end';

/** One token with the comments before it. */
export interface Token extends Span {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  /** The value of a string or integer; undefined for other tokens. */
  readonly value: string | bigint | undefined;
  /** The comments between the previous token and this one. */
  readonly comments: readonly Comment[];
}

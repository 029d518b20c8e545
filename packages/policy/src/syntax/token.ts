/** The tokens of a policy text (policy language, section 1). */
import type { Span } from '../diagnostic.ts';

/** A comment of either form, to the end of the line or between its marks. */
export interface Comment extends Span {
  /** As written, with its slashes. */
  readonly text: string;
  /** Whether something other than white space stands before it on its line. */
  readonly trailing: boolean;
}

/** Two have been reported already: `bad` fits nowhere, `placeholder` (`<product-id>`, `12ab`) stands where a value was meant. */
export type TokenKind = 'word' | 'string' | 'integer' | 'operator' | 'bad' | 'placeholder' | 'end';

/** One token with the comments before it. */
export interface Token extends Span {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  /** What a string or an integer means; undefined for the others. */
  readonly value: string | bigint | undefined;
  /** The comments between the token before and this one. */
  readonly comments: readonly Comment[];
}

/** Reads string literals: one line, escapes `\"` and `\\`; any other backslash is kept. */

/** A string as it was read. */
export interface StringToken {
  /** Offset after the closing quote, or of the end of the line when there is none. */
  readonly end: number;
  /** Undefined when the string is not closed on its line. */
  readonly value: string | undefined;
  /** Offsets of the backslashes that escape nothing. */
  readonly kept: readonly number[];
}

const none: readonly number[] = [];

/** Reads the string whose opening quote is at `start`. */
export function readString(text: string, start: number): StringToken {
  let kept: number[] | undefined;
  let value = '';
  let from = start + 1;
  for (let index = from; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x22) return { end: index + 1, value: value + text.slice(from, index), kept: kept ?? none };
    if (code === 0x0a) return { end: text[index - 1] === '\r' ? index - 1 : index, value: undefined, kept: none };
    if (code !== 0x5c) continue;
    const next = text.charCodeAt(index + 1);
    if (next === 0x22 || next === 0x5c) {
      value += text.slice(from, index);
      from = ++index;
    } else {
      kept ??= [];
      kept.push(index);
    }
  }
  return { end: text.length, value: undefined, kept: none };
}

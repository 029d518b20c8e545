/** Colour and layout of what people read. Without color the same words say the same. */
import { styleText } from 'node:util';

/** Ways to write. */
export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly title: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** Ways to write with or without color. */
export function styleFor(color: boolean): Style {
  const styled = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    color ? styleText(format, text, { validateStream: false }) : text;
  return {
    good: styled('green'),
    bad: styled('red'),
    warning: styled('yellow'),
    title: styled('bold'),
    faint: styled('dim'),
  };
}

/** One line of a table: a name and what it is. Rows without a value are left out. */
export type Row = readonly [name: string, value: string | undefined];

/** Rows with their values under each other. */
export function rows(lines: readonly Row[], style: Style, indent = '  '): string {
  const present = lines.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [{ name, value }]));
  const width = Math.max(0, ...present.map(({ name }) => name.length));
  return present.map(({ name, value }) => `${indent}${style.faint(name.padEnd(width))}  ${value}\n`).join('');
}

/** A table without a head: each column as wide as its longest cell, `-` where there is nothing. */
export function columns(table: readonly (readonly unknown[])[]): string {
  const cells = table.map((line) => line.map((cell) => printable(cell === undefined ? '-' : String(cell))));
  const widths = cells.reduce<number[]>(
    (least, line) => line.map((cell, at) => Math.max(least[at] ?? 0, cell.length)),
    [],
  );
  return cells
    .map(
      (line) =>
        `${line
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** Text that came from elsewhere, without anything that a terminal would act on. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

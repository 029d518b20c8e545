/** Prints the steps of the demonstration, in color where the session permits it. */
import type { Session } from '../session.ts';
import { printable, type Row, rows, type Style } from '../style.ts';

/** Prints one demonstration. */
export interface Printer {
  readonly style: Style;
  /** A heading with the number of the step. */
  step(number: number, title: string): void;
  /** A sentence, wrapped. */
  say(sentence: string): void;
  /** Aligned name and value pairs. */
  facts(lines: readonly Row[]): void;
  /** A check that passed. */
  checked(what: string, found: string): void;
  /** A refusal with its code. */
  refused(what: string, code: string): void;
  /** The result. */
  conclude(headline: string, sentence: string): void;
  /** Indented text without wrapping, such as JSON. */
  block(text: string): void;
}

const width = 100;

/** A narrator that writes to a session's standard output. */
export function createPrinter(session: Session): Printer {
  const style = session.style.out;
  const line = (text: string): void => session.out(`${text}\n`);
  return {
    style,
    step: (number, title) => line(`\n${style.title(`${number}  ${title}`)}`),
    say: (sentence) => line(wrap(printable(sentence), '   ')),
    facts: (lines) =>
      session.out(
        rows(
          lines.map(([name, value]) => [name, value && printable(value)]),
          style,
          '     ',
        ),
      ),
    checked: (what, found) =>
      line(`   ${style.good('ok')}  ${what.padEnd(20)}  ${wrap(printable(found), ' '.repeat(29)).trimStart()}`),
    refused: (what, code) =>
      line(`   ${style.bad('no')}  ${wrap(printable(what), '       ').trimStart()} ${style.faint(`[${code}]`)}`),
    conclude: (headline, sentence) => line(`\n   ${style.good(headline)}\n${wrap(printable(sentence), '   ')}`),
    block: (text) => line(printable(text).replace(/^/gm, '     ')),
  };
}

function wrap(sentence: string, indent: string): string {
  const lines: string[] = [];
  let current = '';
  for (const word of sentence.split(' ')) {
    if (current !== '' && indent.length + current.length + 1 + word.length > width) {
      lines.push(indent + current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, indent + current].join('\n');
}

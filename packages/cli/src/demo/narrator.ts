/** Tells a story in steps, in colour on a terminal and in the same plain words elsewhere. */
import type { Session } from '../session.ts';
import { printable, type Row, rows, type Style } from '../style.ts';

/** Tells the story. */
export interface Narrator {
  readonly style: Style;
  /** Begins a numbered step. */
  step(number: number, title: string): void;
  /** A sentence, wrapped. */
  say(sentence: string): void;
  /** Facts under each other. */
  facts(lines: readonly Row[]): void;
  /** Something that was checked, and what it found. */
  checked(what: string, found: string): void;
  /** Something that was refused, with its code. */
  refused(what: string, code: string): void;
  /** The end of the story. */
  conclude(headline: string, sentence: string): void;
  /** Text as it is, such as JSON. */
  block(text: string): void;
}

const width = 100;

/** A narrator that writes to a session's standard output. */
export function narratorFor(session: Session): Narrator {
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

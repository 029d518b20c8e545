/** Tells a person what happens, step by step; colour only on a terminal that wants it. */
import { styleText } from 'node:util';

const colourful = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
const styled = (format: 'bold' | 'green' | 'red' | 'dim', text: string): string =>
  colourful ? styleText(format, text, { validateStream: false }) : text;

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Begins a step. */
export function step(number: number, title: string): void {
  print(`\n${styled('bold', `${number}  ${title}`)}`);
}

/** One fact of the step. */
export function tell(name: string, value: string): void {
  print(`   ${name.padEnd(18)} ${value}`);
}

/** Something that was checked and holds. */
export function holds(what: string): void {
  print(`   ${styled('green', '✔')} ${what}`);
}

/** The end of the story. */
export function conclude(verdict: 'trusted' | 'refused', why: string): void {
  print(`\n${verdict === 'trusted' ? styled('green', `✔ ${why}`) : styled('red', `✖ ${why}`)}`);
}

/** A JSON document, indented. */
export function show(value: object): void {
  const text = JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? Number(member) : member), 2);
  print(
    text
      .split('\n')
      .map((line) => `     ${styled('dim', line)}`)
      .join('\n'),
  );
}
